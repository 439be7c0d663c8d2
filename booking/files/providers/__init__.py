"""Where bytes lie, and who looks at them for viruses."""
