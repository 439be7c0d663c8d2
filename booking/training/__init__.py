"""Who may operate which instrument alone: asking to be trained, sessions, permissions that end."""
