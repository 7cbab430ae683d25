import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.conftest import FakeGo, Installer, wait_until
from toolchain import CLI_VERSION, PROVIDER_VERSION, cache, pins

INSTALL_GO = (
    "install Go 1.26 or newer, for example with your package manager, and run this again; "
    f"or install the official Pulumi CLI {CLI_VERSION} or newer, then Go is not needed"
)


def test_everything_that_a_deployment_needs_is_laid_out(installer: Installer) -> None:
    code, output, messages = installer.run()
    folder = cache.toolchain_folder()
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert (code, output) == (0, "")
    assert files == {
        "bin/pulumi",
        "bin/pulumi-language-python",
        "bin/pulumi-language-python-exec",
        "bin/pulumi-resource-pulumi-python",
        f"home/plugins/resource-databricks-v{PROVIDER_VERSION}/bridge-metadata.json",
        f"home/plugins/resource-databricks-v{PROVIDER_VERSION}/pulumi-resource-databricks",
        f"home/plugins/resource-databricks-v{PROVIDER_VERSION}/schema.json",
    }
    assert {oct(path.stat().st_mode & 0o777) for path in (folder / "bin").iterdir()} == {"0o755"}
    assert messages.splitlines()[-1] == f"toolchain: Pulumi {CLI_VERSION}, built, in {folder / 'bin'}"
    assert installer.folders == [folder.name]


def test_says_what_is_built_and_how_long_it_takes(installer: Installer) -> None:
    messages = installer.run()[2].splitlines()
    assert messages[0] == (
        f"Building Pulumi {CLI_VERSION} and the Databricks provider {PROVIDER_VERSION} from Go modules into "
        f"{cache.toolchain_folder()}: about 10 minutes on two cores, once."
    )
    assert [line for line in messages if line.endswith("...")] == [
        f"build pulumi {CLI_VERSION} (1 of 3), about 4 minutes the first time ...",
        "build pulumi-language-python 3.78.1 (2 of 3), about 1 minute the first time ...",
        f"build pulumi-resource-databricks {PROVIDER_VERSION} (3 of 3), about 5 minutes the first time ...",
        f"write the schema of the provider {PROVIDER_VERSION}, about 10 seconds the first time ...",
    ]


def test_second_run_does_not_call_go(installer: Installer, fake_go: FakeGo) -> None:
    installer.run()
    calls = fake_go.calls
    code, _, messages = installer.run()
    assert code == 0
    assert messages == f"toolchain: Pulumi {CLI_VERSION}, built, in {cache.toolchain_folder() / 'bin'}\n"
    assert fake_go.calls == calls


def test_go_gets_the_settings_of_the_user(installer: Installer, fake_go: FakeGo) -> None:
    (fake_go.folder / "bin" / "go").write_text(
        '#!/bin/sh\necho "$GOFLAGS $GOPROXY" > "$FAKE_GO/settings"\necho go1.25.1\n'
    )
    installer.environment |= {"GOFLAGS": "-p=1", "GOPROXY": "https://mirror.example"}
    installer.run()
    assert (fake_go.folder / "settings").read_text() == "-p=1 https://mirror.example\n"


def test_the_build_files_of_the_checkout_are_not_touched(installer: Installer, fake_go: FakeGo) -> None:
    go = fake_go.folder / "bin" / "go"
    go.write_text(go.read_text().replace("build*)", "build*)\n    echo spoiled >> go.mod"))
    before = (pins.CHECKOUT / "toolchain" / "cli" / "go.mod").read_bytes()
    assert installer.run()[0] == 0
    assert (pins.CHECKOUT / "toolchain" / "cli" / "go.mod").read_bytes() == before


def test_missing_go_says_what_to_install(installer: Installer, tmp_path: Path) -> None:
    installer.environment["PATH"] = str(tmp_path)
    code, output, messages = installer.run()
    assert (code, output) == (1, "")
    assert messages == (
        f"toolchain: Go is missing, and it is needed to build the Pulumi programs: {INSTALL_GO}\n"
    )


def test_old_go_says_what_to_install(installer: Installer, fake_go: FakeGo) -> None:
    fake_go.report_version("go1.25.4")
    code, _, messages = installer.run()
    assert code == 1
    assert messages == f"toolchain: go1.25.4 ({fake_go.folder / 'bin' / 'go'}) is too old: {INSTALL_GO}\n"


def test_go_that_does_not_tell_its_version_is_shown_with_its_answer(
    installer: Installer, fake_go: FakeGo
) -> None:
    fake_go.report_version("segmentation fault")
    code, _, messages = installer.run()
    assert code == 1
    assert messages == (
        f"toolchain: {fake_go.folder / 'bin' / 'go'} does not tell its version: segmentation fault\n"
        f"{INSTALL_GO}\n"
    )


ADVICE = {
    "dial tcp: lookup proxy.example: no such host": (
        "Go could not download a module (GOPROXY=https://proxy.example): check the network or that setting, "
        "and run this again; what was downloaded and compiled is kept."
    ),
    "write /tmp/x: no space left on device": (
        "The disk is full: the build needs about 6 GB in Go's caches and 0.5 GB in this project's."
    ),
    "compile: signal: killed": (
        "The compiler ran out of memory: close other programs, or set GOFLAGS=-p=1, and run this again."
    ),
    "main.go:1: syntax error": "Run this again after repairing the cause; what was compiled is kept.",
}


@pytest.mark.parametrize("output", ADVICE)
def test_failed_build_shows_the_end_of_its_output_and_what_to_do(
    installer: Installer, fake_go: FakeGo, output: str
) -> None:
    fake_go.fail_with(f"go: downloading example.com/module v1.0.0\n{output}\n")
    code, _, messages = installer.run()
    assert code == 1
    assert messages.splitlines()[2:] == [
        f"toolchain: could not build pulumi {CLI_VERSION} (1 of 3): `go` ended with code 1",
        f"    {output}",
        ADVICE[output],
        f"Nothing was installed. The whole log: {cache.toolchain_folder().with_suffix('.log')}",
    ]
    assert installer.folders == []


def test_failed_build_succeeds_after_the_repair(installer: Installer, fake_go: FakeGo) -> None:
    fake_go.fail_with("no such host")
    assert installer.run()[0] == 1
    fake_go.repair()
    assert installer.run()[0] == 0


def test_killed_build_leaves_nothing_installed_and_the_next_run_cleans_up(
    installer: Installer, fake_go: FakeGo
) -> None:
    fake_go.hang()
    killed = installer.start()
    compiler = fake_go.wait_for_build()
    killed.kill()
    killed.wait()
    os.killpg(compiler, signal.SIGKILL)
    assert installer.run("path")[0] == 1
    fake_go.resume()
    assert installer.run()[0] == 0
    assert installer.folders == [cache.toolchain_folder().name]


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        (
            signal.SIGINT,
            130,
            "toolchain: interrupted; nothing was installed, and what was compiled or downloaded is kept",
        ),
        (signal.SIGTERM, 143, f"build pulumi {CLI_VERSION} (1 of 3), about 4 minutes the first time ..."),
    ],
)
@pytest.mark.usefixtures("interruptible")
def test_interrupted_build_ends_the_compiler_and_leaves_nothing(
    installer: Installer, fake_go: FakeGo, number: signal.Signals, code: int, message: str
) -> None:
    fake_go.hang()
    process = installer.start()
    compiler = fake_go.wait_for_build()
    process.send_signal(number)
    messages = process.communicate(timeout=120)[1]
    assert process.returncode == code
    assert messages.splitlines()[-1] == message
    assert installer.folders == []
    # Its parent ends first, and then the system has to notice that nobody waits for it.
    wait_until(lambda: not is_there(compiler), "the compiler to end")


def test_two_at_once_build_once_and_the_second_says_that_it_waits(
    installer: Installer, fake_go: FakeGo
) -> None:
    fake_go.hang()
    first = installer.start()
    fake_go.wait_for_build()
    second = installer.start()
    assert second.stderr is not None
    waiting = second.stderr.readline()
    assert waiting == f"another process ({first.pid}) is busy to build the toolchain; waiting for it ...\n"
    fake_go.resume()
    assert first.wait(timeout=120) == 0
    assert second.wait(timeout=120) == 0
    assert fake_go.builds == len(pins.GO_PROGRAMS)


def test_a_toolchain_that_lost_a_file_is_built_again(installer: Installer) -> None:
    installer.run()
    (cache.toolchain_folder() / "bin" / "pulumi-language-python-exec").unlink()
    assert installer.run("path")[0] == 1
    assert installer.run()[0] == 0
    assert installer.run("path")[0] == 0
    assert installer.folders == [cache.toolchain_folder().name]


def test_a_cli_of_another_version_is_not_installed(installer: Installer, fake_go: FakeGo) -> None:
    program = fake_go.folder / "program"
    program.write_text(program.read_text().replace(CLI_VERSION, "3.1.0"))
    code, _, messages = installer.run()
    assert code == 1
    assert messages.splitlines()[-1] == (
        f"toolchain: the built pulumi answers 'v3.1.0', not {CLI_VERSION}; nothing was installed"
    )
    assert installer.folders == []


def test_a_cache_that_cannot_be_written_is_named(installer: Installer, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    code, _, messages = installer.run()
    assert code == 1
    assert messages == (
        f"toolchain: cannot install the toolchain in {cache.toolchain_folder()}: "
        f"Not a directory ({cache.root()})\n"
    )


def test_wrong_use_ends_with_code_2(installer: Installer) -> None:
    assert installer.run("instal")[0] == 2
    installer.environment["LAKEHOUSE_MONITORS_TOOLCHAIN"] = "offical"
    code, _, messages = installer.run("install")
    assert code == 2
    assert messages == (
        "toolchain: LAKEHOUSE_MONITORS_TOOLCHAIN=offical: write official or built, or leave it unset\n"
    )


def test_the_exports_make_pulumi_found(installer: Installer) -> None:
    installer.run()
    script = f'eval "$({shlex.quote(sys.executable)} -m toolchain env)"; pulumi version'
    answer = subprocess.run(
        ("sh", "-c", script),
        cwd=pins.CHECKOUT,
        env=installer.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == f"v{CLI_VERSION}\n"


def test_env_before_an_installation_says_what_to_run(installer: Installer) -> None:
    code, output, messages = installer.run("env")
    assert (code, output) == (1, "")
    assert messages == (
        "toolchain: the toolchain is not installed: run `make toolchain` (about 10 minutes, once)\n"
    )


def test_another_version_of_a_build_file_gives_another_folder(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cache.toolchain_folder()
    monkeypatch.setattr(pins, "BUILD_FOLDERS", ("cli",))
    assert cache.toolchain_folder() != before
    assert cache.toolchain_folder().parent == before.parent == own_cache
