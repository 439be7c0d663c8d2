"""How well instruments are used: the waterfall of their time and the ratios drawn from it."""
