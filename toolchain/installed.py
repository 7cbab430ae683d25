"""The toolchain that is there, and the environment in which its programs run."""

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from toolchain import cache, official, pins
from toolchain.errors import ToolchainError, WrongUse

CHOICE = "LAKEHOUSE_MONITORS_TOOLCHAIN"
"""Environment variable: `official` or `built` insists on one; unset takes the official one if it suits."""


@dataclass(frozen=True)
class Toolchain:
    """Where the programs are; `plugin` is the folder of the built provider, None with the official CLI."""

    binaries: Path
    plugin: Path | None

    def __str__(self) -> str:
        kind = "official Pulumi CLI" if self.plugin is None else f"Pulumi {pins.CLI_VERSION}, built,"
        return f"{kind} in {self.binaries}"


def choice() -> str:
    """Return the kind of toolchain the user insists on, or `any`.

    Raises:
        WrongUse: the variable has another value.
    """
    value = os.environ.get(CHOICE, "") or "any"
    if value not in {"any", "official", "built"}:
        raise WrongUse(f"{CHOICE}={value}: write official or built, or leave it unset")
    return value


def search_official() -> official.Search:
    """Look for an official CLI on PATH."""
    return official.search(os.environ.get("PATH", ""), cache.root())


def find() -> Toolchain | None:
    """Return the toolchain to use, or None if one must be built first. Builds nothing and asks no network.

    Raises:
        ToolchainError: the user insists on an official CLI and no suitable one is on PATH.
    """
    wanted = choice()
    if wanted != "built":
        found = search_official()
        if found.folder is not None:
            return Toolchain(found.folder, plugin=None)
        if wanted == "official":
            reasons = "".join(f"\n{reason}" for reason in found.rejected)
            raise ToolchainError(
                f"{CHOICE}=official, but no suitable pulumi {pins.CLI_VERSION} or newer is on PATH: "
                f"install it, or unset {CHOICE} to build one{reasons}"
            )
    return find_built()


def find_built() -> Toolchain | None:
    """Return the built toolchain of the present build files, if it is complete."""
    folder = cache.toolchain_folder()
    binaries = folder / "bin"
    plugin = folder / "home" / "plugins" / pins.PLUGIN
    programs = [binaries / Path(script).name for script in pins.SDK_SCRIPTS]
    programs += [binaries / name for name in ("pulumi", "pulumi-language-python")]
    programs += [plugin / "pulumi-resource-databricks"]
    complete = all(os.access(program, os.X_OK) for program in programs)
    complete = complete and all((plugin / name).is_file() for name in pins.PLUGIN_FILES)
    return Toolchain(binaries, plugin) if complete else None


def require() -> Toolchain:
    """Return the toolchain to use.

    Raises:
        ToolchainError: none is installed.
    """
    found = find()
    if found is None:
        raise ToolchainError("the toolchain is not installed: run `make toolchain` (about 10 minutes, once)")
    return found


def environment(home: Path | None = None) -> dict[str, str]:
    """Return the variables to lay over `os.environ` before running `pulumi`.

    PATH begins with the project's virtual environment and the toolchain. `home` becomes PULUMI_HOME, the
    folder of Pulumi's own state (logins, selected stacks), so that projects and tests do not meet in one;
    without it the user's own is used. The built provider plugin is linked into that home.

    Raises:
        ToolchainError: no toolchain is installed.
    """
    toolchain = require()
    variables = {"PATH": _path(toolchain.binaries), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if home is not None:
        variables["PULUMI_HOME"] = str(home.absolute())
    if toolchain.plugin is None:
        if home is not None:
            _share_plugins(home)
    else:
        variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        _link_plugin(toolchain.plugin, home or _users_home())
    return variables


def virtual_environment() -> Path:
    """Return the `bin` folder of the Python that runs the program: `.venv`, else the one that runs this."""
    own = pins.CHECKOUT / ".venv" / "bin"
    return own if (own / "python").exists() else Path(sys.executable).parent


def _path(binaries: Path) -> str:
    first = [str(virtual_environment()), str(binaries)]
    rest = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry not in first]
    return os.pathsep.join(first + rest)


def _users_home() -> Path:
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def _share_plugins(home: Path) -> None:
    # The official CLI downloads plugins into its home; without this every home would fetch its own 100 MB.
    shared = _users_home() / "plugins"
    mine = home / "plugins"
    if not mine.exists() and shared.absolute() != mine.absolute():
        shared.mkdir(parents=True, exist_ok=True)
        home.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            mine.symlink_to(shared.absolute(), target_is_directory=True)


def _link_plugin(plugin: Path, home: Path) -> None:
    # The engine skips a plugin folder that is itself a link, so the folder is real and its files are links.
    folder = home / "plugins" / plugin.name
    folder.mkdir(parents=True, exist_ok=True)
    for name in pins.PLUGIN_FILES:
        link = folder / name
        installed_by_hand = link.exists() and not link.is_symlink()
        if installed_by_hand or (link.is_symlink() and link.readlink() == plugin / name):
            continue
        new = folder / f".{name}.{os.getpid()}"
        new.unlink(missing_ok=True)
        new.symlink_to(plugin / name)
        new.replace(link)
