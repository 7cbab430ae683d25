"""What the Pulumi program registers; the only package that imports Pulumi."""
