"""Every question about reservations."""
