"""What a confirmed use costs."""
