"""Deeds of the trail itself."""
