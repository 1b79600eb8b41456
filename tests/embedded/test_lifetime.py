"""Starting, sharing and stopping the servers, as every kind of user."""

import os
import pwd
import signal
from pathlib import Path

import pytest

from config.embedded.paths import RunPaths

from .conftest import Hold
from .harness import (
    Caller,
    connect,
    keepers,
    postmaster,
    server_processes,
    valkey,
    wait_until,
)


def test_servers_start_serve_stop_and_keep_the_data(hold: Hold, run_dir: Path, any_caller: Caller) -> None:
    first = hold(caller=any_caller, fresh=True)
    assert "error" not in first.answer()
    with connect(run_dir) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert valkey(run_dir, "SET kept 42") == "+OK"
    assert first.leave() == 0
    assert server_processes(run_dir) == []

    second = hold(caller=any_caller)
    assert "error" not in second.answer()
    with connect(run_dir) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert valkey(run_dir, "GET kept") == "$2\r\n42"
    assert second.leave() == 0
    assert server_processes(run_dir) == []


def test_settings_of_the_development_server(hold: Hold, run_dir: Path) -> None:
    hold().answer()

    with connect(run_dir) as connection:
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            [["fsync", "jit", "listen_addresses", "max_connections", "TimeZone", "unix_socket_permissions"]],
        ).fetchall()
        encoding = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = 'vacancy'"
        ).fetchone()

    assert dict(rows) == {
        "fsync": "on",
        "jit": "off",
        "listen_addresses": "",
        "max_connections": "200",
        "TimeZone": "UTC",
        "unix_socket_permissions": "0700",
    }
    assert encoding == ("UTF8", "C.UTF-8")
    assert valkey(run_dir, "CONFIG GET maxmemory-policy").split()[-1] == "volatile-lru"
    assert valkey(run_dir, "CONFIG GET port").split()[-1] == "0"


def test_nobody_else_can_enter(hold: Hold, run_dir: Path, any_caller: Caller) -> None:
    hold(caller=any_caller).answer()

    paths = RunPaths.of(run_dir)

    for private in (run_dir, paths.sockets, paths.postgres_data, paths.postgres_sockets, paths.valkey_data):
        assert private.stat().st_mode & 0o077 == 0, private


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_as_root_without_namespaces_postgres_belongs_to_nobody(hold: Hold, run_dir: Path) -> None:
    hold(environment={"VACANCY_SERVERS_RUN_AS": "user"}).answer()

    nobody = pwd.getpwnam("nobody").pw_uid
    data = RunPaths.of(run_dir).postgres_data

    assert data.is_symlink()
    assert data.stat().st_uid == nobody
    assert Path(f"/proc/{postmaster(run_dir)}").stat().st_uid == nobody


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change between the two ways")
def test_data_follows_from_one_way_of_leaving_root_to_the_other(hold: Hold, run_dir: Path) -> None:
    first = hold(environment={"VACANCY_SERVERS_RUN_AS": ""})
    assert "error" not in first.answer()
    with connect(run_dir) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS answer")
    first.leave()

    for way in ("user", "", "user"):
        holder = hold(environment={"VACANCY_SERVERS_RUN_AS": way})
        assert "error" not in holder.answer()
        with connect(run_dir) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (1,)
        holder.leave()


def test_throw_away_servers_leave_no_files(hold: Hold, run_dir: Path, any_caller: Caller) -> None:
    holder = hold(caller=any_caller, profile="throw-away", fresh=True)
    assert "error" not in holder.answer()
    with connect(run_dir) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)

    holder.leave()

    paths = RunPaths.of(run_dir)
    assert not run_dir.exists()
    assert not (Path("/var/lib/vacancy") / paths.digest).exists()


def test_users_share_the_servers_and_the_last_one_stops_them(hold: Hold, run_dir: Path) -> None:
    holders = [hold(), hold(), hold()]
    assert all("error" not in holder.answer() for holder in holders)
    server = postmaster(run_dir)

    holders[0].leave()
    holders[2].leave()

    assert postmaster(run_dir) == server
    assert valkey(run_dir, "PING") == "+PONG"
    holders[1].leave()
    assert wait_until(
        lambda: server_processes(run_dir) == []
    )  # the keeper, nobody's child here, ends by itself


def test_many_processes_starting_at_once_start_one_server(hold: Hold, run_dir: Path) -> None:
    holders = [hold(fresh=True) for _ in range(6)]

    answers = [holder.answer() for holder in holders]

    assert all(answer == answers[0] for answer in answers)
    assert "error" not in answers[0]
    assert len(keepers(run_dir)) == 1
    for holder in holders:
        assert holder.leave() == 0
    assert wait_until(lambda: server_processes(run_dir) == [])


def test_starting_while_the_last_user_is_leaving_waits_and_starts_anew(hold: Hold, run_dir: Path) -> None:
    hold().answer()

    for _ in range(3):
        leaving = hold()
        leaving.answer()
        coming = hold()
        leaving.leave()
        assert "error" not in coming.answer()
        assert valkey(run_dir, "PING") == "+PONG"


def test_killed_user_leaves_nothing_running(hold: Hold, run_dir: Path, any_caller: Caller) -> None:
    holder = hold(caller=any_caller)
    holder.answer()

    holder.kill()

    assert wait_until(lambda: not server_processes(run_dir))


def test_killed_keeper_takes_the_servers_along_and_loses_nothing(
    hold: Hold, run_dir: Path, any_caller: Caller
) -> None:
    holder = hold(caller=any_caller)
    holder.answer()
    with connect(run_dir) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    os.kill(keepers(run_dir)[0], signal.SIGKILL)

    assert wait_until(lambda: not server_processes(run_dir))
    assert "error" not in hold(caller=any_caller).answer()
    with connect(run_dir) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_own_server_is_used_instead_of_an_embedded_one(hold: Hold, run_dir: Path) -> None:
    own = "postgresql://somebody@db.example/vacancy"

    answer = hold(environment={"DATABASE_URL": own}, fresh=True).answer()

    assert answer["database_url"] == own
    assert valkey(run_dir, "PING") == "+PONG"
    assert not RunPaths.of(run_dir).postgres_data.exists()


def test_with_both_servers_given_nothing_is_started(hold: Hold, run_dir: Path) -> None:
    given = {"DATABASE_URL": "postgresql://db.example/vacancy", "REDIS_URL": "redis://cache.example/0"}

    answer = hold(environment=given, fresh=True).answer()

    assert answer == {"database_url": given["DATABASE_URL"], "redis_url": given["REDIS_URL"]}
    assert not run_dir.exists()


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(hold: Hold, run_dir: Path) -> None:
    deep = run_dir.parent / ("long" * 30) / "with, odd 'characters'"
    deep.parent.mkdir(parents=True)
    deep.parent.chmod(0o777)

    holder = hold(run_dir=deep)
    assert "error" not in holder.answer()

    sockets = RunPaths.of(deep).sockets
    assert sockets.parent == Path("/tmp")
    assert sockets.stat().st_mode & 0o777 == 0o700
    with connect(deep) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    holder.leave()
    assert server_processes(deep) == []
    sockets.joinpath("postgres").rmdir()
    sockets.rmdir()
