"""How well instruments are used: the waterfall of an instrument's time and the ratios drawn from it."""
