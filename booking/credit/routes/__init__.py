"""Pages of credit: a company, a lab, the centre."""
