"""The page Freight."""
