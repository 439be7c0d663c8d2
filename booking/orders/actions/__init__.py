"""What can be done with entrusted orders, one deed per file."""
