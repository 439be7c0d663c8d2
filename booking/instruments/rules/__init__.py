"""The law of instruments: opening hours, prices, free time; pure values and functions."""
