"""A Databricks-compatible workspace on this machine that really computes its monitors."""
