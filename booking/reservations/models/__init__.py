"""Tables of asking for time and using it."""
