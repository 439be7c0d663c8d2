"""Every question about needs and offers."""
