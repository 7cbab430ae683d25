"""Work on a workspace through the Databricks SDK; no Pulumi, so that jobs and commands can do it too."""
