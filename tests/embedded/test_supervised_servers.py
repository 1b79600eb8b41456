"""The servers under a supervised group: what happens when their keeper is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.concurrency.server import free_port

from .harness import keepers, server_processes, valkey, wait_until
from .supervised import Group, alive


def test_servers_whose_keeper_was_killed_are_started_again(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    group = Group(run_dir, port=free_port(), scenario="", own_cache=True)
    try:
        assert group.said("Ctrl-C stops it.")
        web, (keeper,) = group.get(), keepers(run_dir)

        os.kill(keeper, signal.SIGKILL)

        assert group.said("PostgreSQL and Valkey are back")
        assert wait_until(lambda: valkey(run_dir, "PING") == "+PONG")
        assert group.get() == web, "the programs go on as they are"
        members = group.members()
        assert group.end(signal.SIGINT) == 0
        assert alive(members) == []
        assert wait_until(lambda: not server_processes(run_dir))
    finally:
        if group.process.poll() is None:
            group.end(signal.SIGKILL)
