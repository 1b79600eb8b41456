"""One of the web processes is killed, as by a kernel that is short of memory: the site goes on serving."""

from __future__ import annotations

import os
import signal
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection

from config.supervisor.programs import WEB_PROCESSES
from tests.reliability.servers import wait_until
from tests.upgrades.serving import PATIENCE_SECONDS, Server, ended

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def children(pid: int) -> set[int]:
    """The processes that a process has started."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def answers(port: int) -> int | None:
    """What a request is answered with; None if nobody listens or the connection breaks."""
    client = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        client.request("GET", "/livez")
        return client.getresponse().status
    except OSError:
        return None
    finally:
        client.close()


def test_a_killed_process_is_started_again_and_the_server_stays(tmp_path: Path) -> None:
    server = Server(database=connection.settings_dict["NAME"], log=tmp_path / "log")

    with ended(server):
        server.ready()
        main = server.process.pid
        assert wait_until(lambda: len(children(main)) >= WEB_PROCESSES, seconds=PATIENCE_SECONDS)
        before = children(main)
        os.kill(killed := max(before), signal.SIGKILL)

        assert wait_until(lambda: len(children(main) - {killed}) == len(before), seconds=PATIENCE_SECONDS), (
            server.log.read_text()
        )
        assert wait_until(lambda: answers(server.port) == 200, seconds=PATIENCE_SECONDS)
        assert server.process.poll() is None
        assert before - {killed} <= children(main), "the others go on as they are"
        assert server.stop() == 0
