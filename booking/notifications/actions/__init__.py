"""Deeds with letters: write one, send what is due."""
