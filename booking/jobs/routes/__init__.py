"""The clock for people, and the health of the house for machines."""
