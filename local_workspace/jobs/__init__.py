"""Jobs and their runs: definitions, the queue, and what carries tasks out; knows nothing of HTTP."""
