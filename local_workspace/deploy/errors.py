"""What ends a deployment; the messages say which step failed and what to do."""


class DeploymentFailedError(Exception):
    """A step of the deployment failed."""


class PulumiFailedError(DeploymentFailedError):
    """A Pulumi command ended with an error; the message holds what it printed."""


class StatementFailedError(DeploymentFailedError):
    """A statement did not succeed; the message is the workspace's."""
