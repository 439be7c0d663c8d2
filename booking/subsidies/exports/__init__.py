"""Statements and payment lists as files; the same document always gives the same bytes."""
