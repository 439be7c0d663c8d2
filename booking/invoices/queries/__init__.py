"""Questions about invoices and payments, and what settlement reads of them."""
