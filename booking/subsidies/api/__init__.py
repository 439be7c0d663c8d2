"""JSON about public money."""
