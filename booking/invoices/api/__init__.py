"""JSON of invoices and payments."""
