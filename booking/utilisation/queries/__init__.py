"""What is asked about utilisation."""
