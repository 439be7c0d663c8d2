"""What can be done with organisations, one deed per file."""
