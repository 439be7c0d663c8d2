"""Benchmarks, each printing ratios against a baseline of the same run; see the names in `python -m
bench`. Never part of the tests."""
