"""Deeds: what is owed is written once."""
