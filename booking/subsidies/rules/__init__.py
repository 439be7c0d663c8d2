"""The subsidy engine: pure, the same for settlement, estimate, what-if, API and command line."""
