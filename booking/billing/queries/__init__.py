"""Questions about what is to be charged and what was."""
