"""Providers with their labs, companies, startup teams; verification and qualifications."""
