"""Pages about people: signing in, one's own account, members and staff."""
