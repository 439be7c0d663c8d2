"""仪器贷: credit lines, draws, bank records and the interest they bear (stands on billing)."""
