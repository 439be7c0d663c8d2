"""Deeds: every one of them writes movements, and edits none."""
