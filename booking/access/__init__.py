"""Who may do what: words and door-keeping, no users table."""
