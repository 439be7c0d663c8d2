"""What is read from outside: bank files."""
