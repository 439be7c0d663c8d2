"""JSON of entrusted orders."""
