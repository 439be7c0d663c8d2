"""Money that moves between accounts: double entry, append-only."""
