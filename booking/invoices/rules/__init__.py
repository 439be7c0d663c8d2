"""The law of invoices and payments: numbers, sums, parties, shares, and reading their files."""
