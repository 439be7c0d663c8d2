"""What can be done with people, one deed per file."""
