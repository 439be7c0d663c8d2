"""Public money: programmes, settlement, statements, payment."""
