"""The web server as it is deployed, with a cache that is paused and a database that is paused or gone.

What matters is that an answer comes at all: without limits these would wait for ever. The limit here is generous.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import logged_in
from tests.concurrency.crowd import ROOT
from tests.concurrency.server import free_port, wait_until_ready
from tests.factories.accounts import SuperuserFactory
from tests.reliability.servers import Valkey, program, wait_until
from tests.system.gate import Gate, gate

ANSWER_SECONDS = 60
BACK_SECONDS = 120

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Site:
    """A running web server, as a browser of staff sees it, and as Prometheus does."""

    def __init__(self, port: int, staff: Client) -> None:
        self._port = port
        self._cookie = f"sessionid={staff.cookies['sessionid'].value}"

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        try:
            headers = {} if path == "/metrics" else {"Cookie": self._cookie}
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def status(self, path: str) -> tuple[int, str]:
        code, body = self.get(path)
        return code, json.loads(body)["status"]

    def becomes(self, path: str, code: int, status: str) -> bool:
        """Whether it is told in time that things are so."""
        return wait_until(lambda: self.status(path) == (code, status), seconds=BACK_SECONDS)


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[Site]:
    port = free_port()
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    options += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "config.wsgi:application"]
    staff = logged_in(SuperuserFactory.create())
    with program("-m", "granian", *options, log=log, environment=environment) as process:
        wait_until_ready(port, process, log)
        yield Site(port, staff)


@pytest.fixture
def way() -> Iterator[Gate]:
    with gate() as one:
        yield one


@pytest.fixture
def environment(valkey: Valkey, way: Gate) -> dict[str, str]:
    return {
        "DATABASE_URL": way.url,
        "REDIS_URL": valkey.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }


def test_whoever_is_away_the_answer_comes_and_says_so(
    environment: dict[str, str], valkey: Valkey, way: Gate, tmp_path: Path
) -> None:
    page = reverse("admin:system")
    with serving(environment, tmp_path / "log") as site:
        # What is asked is given a moment to answer, which on a busy machine may be too short now and then.
        assert site.becomes("/readyz", 200, "ok")
        assert site.becomes("/api/db/health", 200, "ok")

        valkey.pause()
        assert site.becomes("/readyz", 200, "degraded")
        assert site.becomes("/api/health", 200, "degraded")
        status, body = site.get(page)
        assert status == 200
        assert "Start Valkey. Until then everything works, slower." in body
        assert "Effects wait in the database meanwhile; none is lost." in body
        assert 'vacancy_up{server="cache"} 0.0' in site.get("/metrics")[1]
        valkey.resume()
        assert site.becomes("/readyz", 200, "ok")

        for leave, come_back in ((way.pause, way.resume), (way.close, way.reopen)):
            leave()
            assert site.get("/livez")[0] == 200
            for _time in range(3):  # whoever still waits for an answer keeps nobody else waiting
                assert site.status("/readyz") == (503, "unavailable")
            assert site.status("/api/health") == (503, "unavailable")
            assert site.status("/api/db/health") == (503, "unavailable")
            assert wait_until(
                lambda: 'vacancy_up{server="cache"} 1.0' in site.get("/metrics")[1], seconds=BACK_SECONDS
            )
            figures = site.get("/metrics")[1]
            assert 'vacancy_up{server="database"} 0.0' in figures
            assert 'vacancy_figures_failed{source="bookings.metrics.holds"} 1.0' in figures
            come_back()
            assert site.becomes("/readyz", 200, "ok")
        assert site.get(page)[0] == 200


def test_the_command_ends_while_the_database_is_paused(environment: dict[str, str], way: Gate) -> None:
    way.pause()
    done = subprocess.run(
        [sys.executable, "manage.py", "system_check", "--json"], cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True, timeout=ANSWER_SECONDS * 2, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("CommandError: Red: Database,")
    report = json.loads(done.stdout)
    states = {line["key"]: line["state"] for line in report["lines"]}
    assert (states["database"], states["ledger"], states["cache"], states["broker"]) == (
        "red",
        "grey",
        "green",
        "green",
    )
    assert report["seconds"] < ANSWER_SECONDS
