"""What the accounts page draws."""
