"""Credit score 信用分: what lowered or restored it, what follows from it, and appeals."""
