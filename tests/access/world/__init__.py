"""The world of the matrix: two of everything that an address can name, and who asks for it."""
