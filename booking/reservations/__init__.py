"""Asking for time, getting it, using it: one write path for everybody who wants an instrument."""
