"""JSON of the ledger."""
