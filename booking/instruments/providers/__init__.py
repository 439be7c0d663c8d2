"""Sheets of instruments as they lie on the disk."""
