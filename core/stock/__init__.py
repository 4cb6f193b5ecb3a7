"""Stock: ledger, reservations, available-to-sell, push plan, oversell simulation."""
