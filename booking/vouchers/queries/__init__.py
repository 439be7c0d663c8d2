"""Questions about vouchers."""
