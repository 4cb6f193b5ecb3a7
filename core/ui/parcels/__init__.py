"""Parts of the page Parcels."""
