"""The page Suppliers."""
