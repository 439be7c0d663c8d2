"""Which people, roles, sessions and tokens there are, and who is behind a secret."""
