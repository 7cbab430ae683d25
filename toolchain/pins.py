"""Versions that fit together, and how each program is built. README.md says where each comes from."""

from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder of the project."""

CLI_VERSION = "3.256.0"
"""Of the CLI and of the Python package `pulumi`; the oldest official CLI that is accepted, too."""

PROVIDER_VERSION = "1.104.0"
"""Of the provider plugin and of the Python package `pulumi-databricks`; both must be equal."""

OLDEST_GO = (1, 26)
SDK_MODULE = f"github.com/pulumi/pulumi/sdk/v3@v{CLI_VERSION}"
SDK_SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
"""Scripts in the zip of `SDK_MODULE` that must lie beside `pulumi`: program runner and dynamic providers."""

PLUGIN = f"resource-databricks-v{PROVIDER_VERSION}"
"""Name of the plugin's folder below `$PULUMI_HOME/plugins`; the engine takes no other spelling."""

PLUGIN_FILES = ("schema.json", "bridge-metadata.json", "pulumi-resource-databricks")
"""Files of the plugin, the program last: an engine that finds it finds the others."""

BUILD_FOLDERS = ("cli", "language_host", "provider")


@dataclass(frozen=True)
class GoProgram:
    """One binary, built in a folder of its own because the requirements of the three contradict."""

    folder: str
    package: str
    output: str
    version: str
    linker_flags: str
    duration: str


GO_PROGRAMS = (
    GoProgram(
        folder="cli",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        output="pulumi",
        version=CLI_VERSION,
        linker_flags=f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={CLI_VERSION}",
        duration="4 minutes",
    ),
    GoProgram(
        folder="language_host",
        package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
        output="pulumi-language-python",
        version="3.78.1",
        linker_flags="-s -w",
        duration="1 minute",
    ),
    GoProgram(
        folder="provider",
        package=".",
        output="pulumi-resource-databricks",
        version=PROVIDER_VERSION,
        linker_flags=f"-s -w -X main.version={PROVIDER_VERSION}",
        duration="5 minutes",
    ),
)
