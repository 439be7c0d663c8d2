"""The clock: what runs when, in one process of many, recorded and repeatable."""
