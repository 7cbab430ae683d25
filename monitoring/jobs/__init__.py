"""Entry points of the jobs that run on the workspace itself; thin over `monitoring.operations`."""
