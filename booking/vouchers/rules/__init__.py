"""The law of vouchers: what one pays of an order, and what moves its balance."""
