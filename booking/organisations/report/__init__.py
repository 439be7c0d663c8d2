"""What organisations count as, and what waits for the centre."""
