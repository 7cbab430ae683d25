"""How fast the local workspace computes monitors, beside other ways to get the same numbers: `make bench`."""
