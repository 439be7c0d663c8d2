"""Read models of pages."""
