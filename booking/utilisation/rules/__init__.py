"""The law of utilisation: how time divides, and what the ratios mean. Pure."""
