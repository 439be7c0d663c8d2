"""Deeds on instruments, one use case per file; the caller's transaction makes them true."""
