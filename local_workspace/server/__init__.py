"""The wire: one file per area of the REST API; state is elsewhere."""
