"""People: credentials, memberships, sessions, API tokens, and who is at the door."""
