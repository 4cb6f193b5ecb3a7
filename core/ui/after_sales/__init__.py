"""Parts of the page After sales."""
