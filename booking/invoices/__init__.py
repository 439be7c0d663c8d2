"""Invoices and payments: what was invoiced and paid of the charges, by records with papers."""
