"""What keeps a test run to itself: no network, a Valkey database for each process, a browser that is there or said."""

import os
import socket
from pathlib import Path

import pytest

from tests import browser
from tests.embedded_servers import url_for_worker
from tests.no_network import NetworkAccessError, is_local


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("/run/socket", True),
        (("127.0.0.1", 80), True),
        (("127.8.8.8", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        (("192.0.2.1", 80), False),
        (("2001:db8::1", 80, 0, 0), False),
        (("hotel.example", 80), False),
    ],
)
def test_what_counts_as_this_machine(address: object, *, local: bool) -> None:
    assert is_local(address) is local


def test_connecting_elsewhere_fails_at_once() -> None:
    with socket.socket() as outgoing, pytest.raises(NetworkAccessError, match="something contacts"):
        outgoing.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkAccessError, match=r"something looks up .hotel\.example."):
        socket.create_connection(("hotel.example", 80), timeout=1)
    with (
        socket.socket(type=socket.SOCK_DGRAM) as outgoing,
        pytest.raises(NetworkAccessError, match="something contacts"),
    ):
        outgoing.sendto(b"question", ("192.0.2.1", 53))


def test_connecting_to_this_machine_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as connection:
            assert connection.getpeername()[1] == port


@pytest.mark.parametrize(
    ("url", "worker", "expected"),
    [
        ("unix:///tmp/r/sockets/valkey?db=0", "gw0", "unix:///tmp/r/sockets/valkey?db=1"),
        ("unix:///tmp/r/sockets/valkey?db=0", "gw14", "unix:///tmp/r/sockets/valkey?db=15"),
        ("unix:///tmp/r/sockets/valkey?db=0", "gw15", "unix:///tmp/r/sockets/valkey?db=1"),
        ("redis://cache:6379/0", "gw3", "redis://cache:6379/4"),
        ("redis://:word@cache:6379?timeout=1", "gw3", "redis://:word@cache:6379/4?timeout=1"),
    ],
)
def test_every_process_has_a_valkey_database_of_its_own(url: str, worker: str, expected: str) -> None:
    assert url_for_worker(url, worker=worker) == expected


def executable(path: Path) -> Path:
    """Make a program at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any browser, and its home directory."""
    monkeypatch.delenv("CHROMIUM_PATH", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_browser_is_found_where_it_may_be(no_browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert browser.find_chromium() is None
    playwrights = executable(no_browser / ".cache/ms-playwright/chromium-1200/chrome-linux/chrome")
    assert browser.find_chromium() == str(playwrights)
    installed = executable(no_browser / "bin/chromium")
    assert browser.find_chromium() == str(installed)
    given = executable(no_browser / "given")
    monkeypatch.setenv("CHROMIUM_PATH", str(given))
    assert browser.find_chromium() == str(given)
    monkeypatch.setenv("CHROMIUM_PATH", str(no_browser / "missing"))
    assert browser.find_chromium() is None


@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("true", "failed")])
def test_without_a_browser_tests_are_not_run_and_under_ci_fail(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, ci: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    request.node.add_marker("e2e")

    with pytest.raises(pytest.skip.Exception if outcome == "skipped" else pytest.fail.Exception) as caught:
        browser.pytest_runtest_setup(request.node)

    assert browser.MISSING in str(caught.value)


def test_root_gets_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for uid, sandboxed in ((0, False), (1000, True)):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid)
        assert ("--no-sandbox" not in browser.launch_arguments()["args"]) is sandboxed  # type: ignore[operator]
