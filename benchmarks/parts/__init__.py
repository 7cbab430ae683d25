"""What is measured: a file for each part, which gives a section of the report."""
