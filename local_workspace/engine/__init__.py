"""From a monitor definition and a table to the rows of its two output tables."""
