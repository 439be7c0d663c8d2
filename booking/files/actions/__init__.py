"""Deeds on files."""
