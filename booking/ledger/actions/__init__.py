"""Deeds: money is posted and posted back, never edited."""
