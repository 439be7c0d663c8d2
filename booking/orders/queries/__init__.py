"""Every question about entrusted orders."""
