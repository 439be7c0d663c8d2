"""Every deed on reservations, one per file."""
