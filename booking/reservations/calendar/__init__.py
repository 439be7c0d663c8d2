"""Many instruments side by side: the day sheet of a lab, and timelines."""
