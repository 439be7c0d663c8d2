"""What companies need: which instruments fit, and what labs offer when none does (供需匹配)."""
