"""Pages of notices and of webhooks."""
