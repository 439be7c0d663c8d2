"""What is asked of cards, why one fits, and which comes first: pure."""
