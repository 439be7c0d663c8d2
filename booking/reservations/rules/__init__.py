"""The law of taking time: pure functions, one law per file."""
