"""The registry: what instruments exist, when they are open, what they cost, who holds them."""
