"""What is done to utilisation: rolling it up."""
