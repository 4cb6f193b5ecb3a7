"""The live board: its cards, the component that draws them, and arranging them."""
