"""Pages of credit lines and bank files."""
