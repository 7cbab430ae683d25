"""Measures how well the alerts find labelled incidents, on generated and on real data: `python -m evaluation`."""
