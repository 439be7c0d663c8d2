"""JSON about what is owed."""
