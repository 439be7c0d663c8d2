"""Ways out of the house for letters."""
