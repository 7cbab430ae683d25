"""Lakehouse monitors as code: what is deployed."""
