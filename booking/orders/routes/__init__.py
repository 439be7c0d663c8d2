"""Pages of entrusted orders: the company's, the lab's, and a sample's own."""
