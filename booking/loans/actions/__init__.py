"""Deeds on credit lines."""
