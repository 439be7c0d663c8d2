"""Questions about programmes, what they paid, and statements."""
