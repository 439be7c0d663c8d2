"""Everything that knows SQL exists, and nothing that knows instruments exist."""
