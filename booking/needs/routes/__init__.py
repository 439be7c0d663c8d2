"""Pages of needs: the company's, and the board that labs read."""
