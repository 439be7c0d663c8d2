"""Deeds of training."""
