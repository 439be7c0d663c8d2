"""`booking check`: the invariants of the house, proved over a live database.

Each proof looks for rows that must not exist. It reads tables of every room and calls no action,
so that a fault of ours cannot hide itself.
"""
