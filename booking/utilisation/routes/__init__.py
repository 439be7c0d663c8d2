"""Utilisation for people: the report page and its file."""
