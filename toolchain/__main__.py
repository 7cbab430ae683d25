"""`python -m toolchain install | path | env | venv`."""

import argparse
import shlex
import signal
import sys
from pathlib import Path

from toolchain import installation, installed, virtual_environment
from toolchain.console import Console
from toolchain.errors import ToolchainError, WrongUse

_INTERRUPTED = 128 + signal.SIGINT
_TERMINATED = 128 + signal.SIGTERM


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0, 1 when something is missing or failed, 2 after wrong use."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    console = Console()
    try:
        return _run(options, console)
    except ToolchainError as problem:
        console.say(f"toolchain: {problem}")
        return 2 if isinstance(problem, WrongUse) else 1
    except KeyboardInterrupt:
        console.say(
            "\ntoolchain: interrupted; nothing was installed, and what was compiled or downloaded is kept"
        )
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m toolchain", description="The programs that deploy, and the virtual environment."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser(
        "install", help="use an official Pulumi CLI, or build one into the cache (10 minutes, once)"
    )
    commands.add_parser("path", help="print the folder that holds pulumi")
    env = commands.add_parser("env", help='print exports for a shell: eval "$(python -m toolchain env)"')
    env.add_argument(
        "--home", type=Path, help="PULUMI_HOME, the folder of Pulumi's own state (default: your own)"
    )
    commands.add_parser("venv", help="make .venv with the pinned packages")
    return parser


def _run(options: argparse.Namespace, console: Console) -> int:
    if options.command == "install":
        console.say(f"toolchain: {installation.install(console)}")
    elif options.command == "venv":
        console.say(f"virtual environment: {virtual_environment.make(console=console)}")
    elif options.command == "path":
        print(installed.require().binaries)
    else:
        for name, value in installed.environment(options.home).items():
            print(f"export {name}={shlex.quote(value)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
