"""The supervised group: start, crash, stop, and every way of ending the supervisor."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.supervisor.claims import HOST, chosen_port, only_supervisor
from config.supervisor.errors import SupervisorError
from tests.concurrency.server import free_port

from .harness import PROJECT_ROOT, wait_until
from .supervised import PATIENCE_SECONDS, Group, alive


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Callable[..., Group]]:
    """Start groups that are ended with the test."""
    groups: list[Group] = []

    def start_group(scenario: str = "", *, on: int = port) -> Group:
        groups.append(Group(tmp_path / "run", port=on, scenario=scenario))
        return groups[-1]

    yield start_group
    for group in groups:
        if group.process.poll() is None:
            group.end(signal.SIGKILL)


def test_group_starts_answers_and_says_where(start: Callable[..., Group], tmp_path: Path, port: int) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "demo-logins.txt").write_text("guest@example.com  a password\n")

    group = start()

    assert group.said("Ctrl-C stops it.")
    assert f"Vacancy is ready at http://127.0.0.1:{port}/" in group.lines
    assert "guest@example.com  a password" in group.lines
    assert "web     | web is up" in group.lines
    assert group.said("worker  | DEBUG is false")
    assert group.said("beat    | DEBUG is false")
    assert group.lines.index("prepared") < group.lines.index("web     | web is up")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything_in_order(start: Callable[..., Group], number: int) -> None:
    group = start()
    assert group.said("Ctrl-C stops it.")
    members = group.all_members()

    assert group.end(number) == 0

    assert alive(members) == []
    stops = [line.split("| ")[1] for line in group.lines if "| stop" in line]
    assert stops == [
        "stopping web",
        "stopping worker",
        "stopping beat",
        "stopping PostgreSQL and Valkey",
        "stopped",
    ]


def test_crashed_program_is_started_again(start: Callable[..., Group]) -> None:
    group = start()
    assert group.said("Ctrl-C stops it.")
    before = group.get()

    group.get("/crash")

    assert group.said("web ended (exit status 3); starting it again in 0.5 s")
    assert wait_until(lambda: group.get() != before)
    os.kill(int(group.get()), signal.SIGKILL)
    assert group.said("web ended (SIGKILL); starting it again in 1 s")


def test_program_that_will_not_stop_is_killed_with_its_children(start: Callable[..., Group]) -> None:
    group = start("stubborn worker")
    assert group.said("Ctrl-C stops it.")
    assert group.said("grandchild")
    assert group.said("beat    | DEBUG")
    grandchild = next(int(line.split()[-1]) for line in group.lines if "grandchild" in line)
    members = group.members()

    assert group.end(signal.SIGINT) == 0

    assert wait_until(lambda: not alive([*members, grandchild]))


def test_killed_supervisor_takes_the_programs_along(start: Callable[..., Group]) -> None:
    group = start()
    assert group.said("Ctrl-C stops it.")
    members = group.all_members()

    group.end(signal.SIGKILL)

    assert wait_until(lambda: not alive(members))


def test_web_that_never_starts_ends_the_group(start: Callable[..., Group]) -> None:
    group = start("broken web")

    assert group.process.wait(PATIENCE_SECONDS) == 1
    assert group.said("web     | web cannot start")
    assert group.said("The site does not start: what it said is above, on the lines marked web.")
    assert not any("Traceback" in line for line in group.lines)


def test_failed_preparation_ends_the_group(start: Callable[..., Group]) -> None:
    group = start("broken preparation")

    assert group.process.wait(PATIENCE_SECONDS) == 1
    assert group.said("no such migration")
    assert group.said("The database could not be prepared: the reason is above.")
    assert not any("web" in line for line in group.lines)


def test_one_project_has_one_supervisor(start: Callable[..., Group]) -> None:
    first = start()
    assert first.said("Ctrl-C stops it.")

    second = start(on=first.port + 1)

    assert second.process.wait(PATIENCE_SECONDS) == 1
    assert second.said("Vacancy already runs from this directory: stop that one first.")
    assert first.get()


MAIN = "import sys; from config.supervisor.__main__ import *; sys.exit(main(Path(sys.argv[1])))"


def run_main(run_dir: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Run the site with a run directory and a port that it cannot have."""
    return subprocess.run(
        [sys.executable, "-c", MAIN, run_dir],
        cwd=PROJECT_ROOT,
        env=os.environ | {"PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@contextlib.contextmanager
def taken(port: int) -> Iterator[None]:
    """Listen on a port."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((HOST, port))
        other.listen()
        yield


def test_taken_port(tmp_path: Path, port: int) -> None:
    with taken(port):
        result = run_main(tmp_path / "run", port)

    assert result.returncode == 1
    assert result.stderr == f"Port {port} is taken: choose another, for example PORT={port % 60000 + 1}.\n"
    assert result.stdout == ""


def test_a_second_run_hears_of_the_first_and_not_of_its_port(tmp_path: Path, port: int) -> None:
    with taken(port), only_supervisor(tmp_path / "run"):
        result = run_main(tmp_path / "run", port)

    assert result.returncode == 1
    assert result.stderr == "Vacancy already runs from this directory: stop that one first.\n"
    assert result.stdout == ""


def test_a_run_directory_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").touch()

    result = run_main(tmp_path / "file" / "run", port)

    assert result.returncode == 1
    assert result.stderr == f"{tmp_path}/file/run cannot be written: Not a directory.\n"


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80.5"])
def test_port_that_is_none(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)

    with pytest.raises(SupervisorError) as caught:
        chosen_port()

    assert str(caught.value) == f"PORT is {text!r}, but a port is a number from 1 to 65535."


def test_port_is_honoured(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("PORT", str(port))

    assert chosen_port() == port


INTERRUPTED = """
import builtins, os, runpy, signal
read = builtins.__import__
def interrupted(name, *arguments, **options):
    if name == "config.supervisor.programs":
        os.kill(os.getpid(), signal.SIGINT)
    return read(name, *arguments, **options)
builtins.__import__ = interrupted
runpy.run_module("config.supervisor", run_name="__main__")
"""


def test_an_interrupt_before_anything_runs_says_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == -signal.SIGINT
    assert (result.stdout, result.stderr) == ("", "")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "nonsense"}, "Vacancy does not start: DATABASE_URL"),
        ({"REDIS_URL": "nonsense"}, "Vacancy does not start: REDIS_URL"),
        ({}, "The database does not do what was asked: connection to server at"),
    ],
)
def test_preparation_says_in_a_sentence_what_it_lacks(variables: dict[str, str], sentence: str) -> None:
    nobody = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "DEBUG": "false"}
    result = subprocess.run(
        [sys.executable, "-m", "config.supervisor.prepare"],
        cwd=PROJECT_ROOT,
        env=os.environ | settings | nobody | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == 1
    assert result.stdout == ""
    assert len(lines := result.stderr.splitlines()) == 1, result.stderr
    assert lines[0].startswith(sentence)
