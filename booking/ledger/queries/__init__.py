"""Questions about accounts and what was posted to them."""
