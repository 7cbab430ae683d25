"""The programs that deploy (Pulumi CLI, language host, Databricks provider) and the virtual environment.

Runs with the standard library of Python 3.11 alone, because it is what makes everything else available.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is where a Python that is too old gets its message
    sys.exit(
        f"lakehouse-monitors needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. "
        "Install a newer one and name it, for example: make PYTHON=python3.12 test"
    )

from toolchain.errors import ToolchainError, WrongUse
from toolchain.installation import install
from toolchain.installed import environment, require
from toolchain.pins import CLI_VERSION, PROVIDER_VERSION

__all__ = [
    "CLI_VERSION",
    "PROVIDER_VERSION",
    "ToolchainError",
    "WrongUse",
    "environment",
    "install",
    "require",
]
