"""What is read of utilisation: pooled figures, and the yearly sheets drawn from them."""
