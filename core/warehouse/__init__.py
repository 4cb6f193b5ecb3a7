"""What the warehouse works with on paper and at the packing desk: pick lists, labels, and the check of what goes into a parcel."""
