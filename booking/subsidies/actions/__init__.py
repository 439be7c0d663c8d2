"""Deeds on programmes, settlements and statements."""
