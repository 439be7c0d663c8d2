"""Deeds on credit: enter a fact, appeal, decide, set the rules."""
