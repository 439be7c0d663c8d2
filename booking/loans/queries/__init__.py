"""Questions about credit lines, bank files and what is to be decided."""
