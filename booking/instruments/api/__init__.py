"""JSON about instruments."""
