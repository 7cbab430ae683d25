"""What the workflows of GitHub do that is more than a line: previews as text, deployments, drift."""
