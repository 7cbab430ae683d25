"""Databricks SQL statements: read, carried out on the data file, answered as text cells."""
