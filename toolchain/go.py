"""Builds the programs from Go modules."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from toolchain import pins, steps
from toolchain.console import Console
from toolchain.errors import ToolchainError

_INSTALL = (
    "install Go {wanted} or newer, for example with your package manager, and run this again; "
    "or install the official Pulumi CLI {cli} or newer, then Go is not needed"
)
_DISK_FULL = ("no space left on device", "disk quota exceeded")
_OUT_OF_MEMORY = ("signal: killed", "cannot allocate memory", "out of memory")
_NO_DOWNLOAD = (
    "dial tcp",
    "proxyconnect",
    "no such host",
    "connection refused",
    "connection reset",
    "i/o timeout",
    "tls handshake",
    "unexpected eof",
    "forbidden",
    "not found",
    "module version is not available",
    "module lookup disabled",
    "bad gateway",
    "service unavailable",
    "too many requests",
)


def require_go() -> None:
    """Check that a Go is there that can build everything.

    Raises:
        ToolchainError: it is missing or too old; the message says what to install.
    """
    wanted = ".".join(map(str, pins.OLDEST_GO))
    install = _INSTALL.format(wanted=wanted, cli=pins.CLI_VERSION)
    if shutil.which("go") is None:
        raise ToolchainError(f"Go is missing, and it is needed to build the Pulumi programs: {install}")
    # In a folder whose go.mod asks for a newer Go, a Go that may fetch that one by itself answers with it.
    answer = subprocess.run(
        ("go", "env", "GOVERSION"),
        cwd=Path(pins.__file__).parent / "cli",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    version = re.search(r"go(\d+)\.(\d+)", answer.stdout)
    if answer.returncode != 0 or version is None:
        raise ToolchainError(
            f"{shutil.which('go')} does not tell its version: {(answer.stderr or answer.stdout).strip()}\n"
            f"{install}"
        )
    if (int(version[1]), int(version[2])) < pins.OLDEST_GO:
        raise ToolchainError(f"{answer.stdout.strip()} ({shutil.which('go')}) is too old: {install}")


def build(folder: Path, log: Path, console: Console) -> None:
    """Build and lay out everything below `folder`: `bin/` and `home/plugins/`.

    Raises:
        ToolchainError: a download or a compilation failed; the message holds the end of its output.
    """
    binaries = folder / "bin"
    plugin = folder / "home" / "plugins" / pins.PLUGIN
    work = folder / "work"
    for new in (binaries, plugin, work):
        new.mkdir(parents=True)
    environment = _environment(work)
    for number, program in enumerate(pins.GO_PROGRAMS, start=1):
        # Go may rewrite go.mod, and the checkout may change while this runs: build from a copy.
        source = work / program.folder
        shutil.copytree(Path(pins.__file__).parent / program.folder, source)
        target = plugin if program.output in pins.PLUGIN_FILES else binaries
        title = f"build {program.output} {program.version} ({number} of {len(pins.GO_PROGRAMS)})"
        command = (
            *("go", "build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false"),
            *("-ldflags", program.linker_flags, "-o", str(target / program.output), program.package),
        )
        _run(steps.Step(title, program.duration, command, source), log, environment, console)
    _copy_scripts(work / "cli", binaries, environment)
    _generate_schema(plugin, work, log, environment, console)
    _check_version(binaries / "pulumi", work, environment)
    shutil.rmtree(work)


def _environment(work: Path | None = None) -> dict[str, str]:
    # A go.work above the cache would replace the requirements. The user's GOFLAGS, GOPROXY … stay in force.
    environment = {**os.environ, "GOWORK": "off"}
    if work is not None:
        environment["GOTMPDIR"] = str(work)
    return environment


def _run(step: steps.Step, log: Path, environment: Mapping[str, str], console: Console) -> None:
    try:
        steps.run(step, log, environment, console)
    except steps.StepFailed as failed:
        advice = _advice(failed.output.lower())
        raise ToolchainError(f"{failed}\n{advice}\nNothing was installed. The whole log: {log}") from None


def _advice(output: str) -> str:
    if any(sign in output for sign in _DISK_FULL):
        return "The disk is full: the build needs about 6 GB in Go's caches and 0.5 GB in this project's."
    if any(sign in output for sign in _OUT_OF_MEMORY):
        return (
            "The compiler ran out of memory: close other programs, or set GOFLAGS=-p=1, and run this again."
        )
    if any(sign in output for sign in _NO_DOWNLOAD):
        return (
            f"Go could not download a module (GOPROXY={_go_proxy()}): check the network or that setting, and "
            "run this again; what was downloaded and compiled is kept."
        )
    return "Run this again after repairing the cause; what was compiled is kept."


def _go_proxy() -> str:
    answer = subprocess.run(("go", "env", "GOPROXY"), capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def _copy_scripts(module: Path, binaries: Path, environment: Mapping[str, str]) -> None:
    answer = subprocess.run(
        ("go", "mod", "download", "-json", pins.SDK_MODULE),
        cwd=module,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise ToolchainError(
            f"could not fetch {pins.SDK_MODULE}: {(answer.stderr or answer.stdout).strip()}\n"
            f"{_advice((answer.stderr + answer.stdout).lower())}\nNothing was installed."
        )
    extracted = Path(json.loads(answer.stdout)["Dir"])
    for script in pins.SDK_SCRIPTS:
        copy = binaries / Path(script).name
        shutil.copyfile(extracted / script, copy)
        copy.chmod(0o755)


def _generate_schema(
    plugin: Path, work: Path, log: Path, environment: Mapping[str, str], console: Console
) -> None:
    generated = work / "generated"
    generated.mkdir()
    title = f"write the schema of the provider {pins.PROVIDER_VERSION}"
    command = (str(plugin / "pulumi-resource-databricks"), "generate", "--out", str(generated))
    _run(steps.Step(title, "10 seconds", command, work), log, environment, console)
    for name in ("schema.json", "bridge-metadata.json"):
        (generated / name).rename(plugin / name)


def _check_version(pulumi: Path, work: Path, environment: Mapping[str, str]) -> None:
    answer = subprocess.run(
        (str(pulumi), "version"),
        env={**environment, "PULUMI_HOME": str(work), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.stdout.strip().removeprefix("v") != pins.CLI_VERSION:
        raise ToolchainError(
            f"the built pulumi answers {(answer.stdout or answer.stderr).strip()!r}, not {pins.CLI_VERSION}; "
            "nothing was installed"
        )
