"""The lifecycle board: six columns, its cards, and moving them."""
