"""Deeds on invoices and payments: recorded, checked, voided, matched; never edited."""
