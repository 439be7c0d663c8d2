"""What can be done with needs and offers, one deed per file."""
