"""Pages about instruments: the public catalogue, and what labs and the centre keep."""
