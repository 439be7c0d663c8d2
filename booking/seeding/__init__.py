"""Loading `seed/` and playing a year of demo history, through the same actions that users call."""
