"""SIGTERM with fifty requests in flight: each of them is answered."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from django.db import connection

from config.supervisor.programs import WEB_PROCESSES, WEB_STOP_SECONDS, WEB_THREADS, site_programs
from tests.reliability.servers import wait_until
from tests.upgrades.serving import PATIENCE_SECONDS, Server, ended
from tests.upgrades.urls import LOCK

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REQUESTS = 50
SETTINGS = "tests.upgrades.settings"
HELD_SECONDS = 6.0
"""Longer than a server is given that is not meant to finish."""
ESTABLISHED = "01"
"""A state of a connection, as Linux writes it."""


class Crowd:
    """Requests that are all sent and wait for their answers."""

    def __init__(self, port: int, number: int) -> None:
        self.answers: Counter[object] = Counter()
        self.sent = threading.Semaphore(0)
        self.threads = [threading.Thread(target=self._ask, args=(port, n)) for n in range(number)]
        for thread in self.threads:
            thread.start()
        for _ in self.threads:
            assert self.sent.acquire(timeout=PATIENCE_SECONDS)

    def _ask(self, port: int, number: int) -> None:
        body = f"request {number}".encode()
        client = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            client.request("POST", "/tests/wait/", body)
            self.sent.release()
            response = client.getresponse()
            self.answers[
                "answered" if (response.status, response.read()) == (200, body) else response.status
            ] += 1
        except (OSError, HTTPException) as error:
            self.answers[type(error).__name__] += 1
        finally:
            client.close()

    def join(self) -> Counter[object]:
        """Wait for all of them."""
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)
        return self.answers


def waiting() -> int:
    """How many requests wait at this database for the lock that the test holds; others test at the same server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND objid = %s AND NOT granted AND datname = current_database()",
            [LOCK],
        )
        return int(cursor.fetchone()[0])


def unseen(port: int) -> int:
    """How many connections to a server the kernel keeps for it that it has not accepted, or not read all of."""
    found = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _number, local, _remote, state, queues, *_more, inode = line.split()[:10]
        is_its = int(local.partition(":")[2], 16) == port and state == ESTABLISHED
        found += is_its and (inode == "0" or int(queues.partition(":")[2], 16) > 0)
    return found


def refuses(port: int) -> bool:
    """Whether nobody listens there any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def stopped_with_requests(server: Server) -> Counter[object]:
    """Send the requests, ask the server to stop while they wait, let them go on later, and count the answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            crowd = Crowd(server.port, REQUESTS)
            assert wait_until(lambda: waiting() == WEB_PROCESSES * WEB_THREADS, seconds=PATIENCE_SECONDS)
            assert wait_until(lambda: not unseen(server.port), seconds=PATIENCE_SECONDS)
            server.process.terminate()
            told = time.monotonic()
            assert wait_until(lambda: refuses(server.port), seconds=PATIENCE_SECONDS)
            assert not crowd.answers["answered"], "nobody was answered yet: all were in flight"
            time.sleep(max(0.0, told + HELD_SECONDS - time.monotonic()))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return crowd.join()


def test_none_of_fifty_requests_in_flight_is_dropped(tmp_path: Path) -> None:
    server = Server(database=connection.settings_dict["NAME"], log=tmp_path / "log", settings=SETTINGS)

    with ended(server):
        answers = stopped_with_requests(server.ready())
        status = server.process.wait(PATIENCE_SECONDS)

    assert answers == {"answered": REQUESTS}
    assert status == 0


def test_a_server_without_patience_would_drop_them(tmp_path: Path) -> None:
    database = connection.settings_dict["NAME"]
    server = Server(database=database, log=tmp_path / "log", settings=SETTINGS, stop_seconds=1)

    with ended(server):
        answers = stopped_with_requests(server.ready())

    assert answers["answered"] < REQUESTS


def test_an_idle_server_stops_at_once(tmp_path: Path) -> None:
    server = Server(database=connection.settings_dict["NAME"], log=tmp_path / "log")

    with ended(server):
        server.ready()
        keeping = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        keeping.request("GET", "/livez")
        assert keeping.getresponse().read()
        silent = socket.create_connection(("127.0.0.1", server.port))
        begun = time.monotonic()
        assert server.stop() == 0
        seconds = time.monotonic() - begun
        keeping.close()
        silent.close()

    assert seconds < WEB_STOP_SECONDS, "idle connections of browsers are no reason to wait"


def test_the_supervisor_waits_as_long_as_the_server_does(tmp_path: Path) -> None:
    web = site_programs(run_dir=tmp_path, host="127.0.0.1", port=1)[0]

    assert str(WEB_STOP_SECONDS) == web.command[web.command.index("--workers-kill-timeout") + 1]
    assert web.stop_seconds > WEB_STOP_SECONDS
