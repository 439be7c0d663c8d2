"""What may be sent, what it is by its content, and what it is called."""
