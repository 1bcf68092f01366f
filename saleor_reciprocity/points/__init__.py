"""Points: accounts, the ledger, and what each order is worth."""
