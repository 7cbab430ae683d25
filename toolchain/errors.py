"""What can go wrong while the toolchain or the virtual environment is made."""


class ToolchainError(Exception):
    """Something the reader of the message can repair: the text says what happened and what to do."""


class WrongUse(ToolchainError):  # noqa: N818 - named for what the reader did
    """A setting or an argument that cannot be meant; ends with exit code 2."""
