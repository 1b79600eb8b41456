"""Leftovers of crashes, other people's programs in the way, and servers that are killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.paths import POSTGRES_SOCKET_NAME, RunPaths
from config.embedded.placement import forget

from . import harness
from .conftest import Hold
from .harness import Caller, connect, postmaster, server_processes, valkey, wait_until


@pytest.fixture
def unrelated_pid() -> Iterator[int]:
    """The process id of a live program that has nothing to do with us."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process.pid
        process.kill()


@contextlib.contextmanager
def listener(path: Path) -> Iterator[None]:
    """Somebody else's program, listening where our server wants to."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        yield


def prepared(hold: Hold) -> None:
    """Let the servers run once, so that every directory exists."""
    holder = hold()
    assert "error" not in holder.answer()
    holder.leave()


@pytest.mark.parametrize("pid_is", ["gone", "reused"])
def test_stale_pid_files(hold: Hold, run_dir: Path, unrelated_pid: int, pid_is: str) -> None:
    prepared(hold)
    paths = RunPaths.of(run_dir)
    pid = unrelated_pid if pid_is == "reused" else 2**22 + 1
    lock = f"{pid}\n{paths.postgres_data}\n1700000000\n5432\n{paths.postgres_sockets}\n\n  5432001 0\nready\n"
    (paths.postgres_data / "postmaster.pid").write_text(lock)
    (paths.postgres_sockets / f"{POSTGRES_SOCKET_NAME}.lock").write_text(lock)

    answer = hold().answer()

    assert "error" not in answer
    assert postmaster(run_dir) != pid
    assert Path(f"/proc/{unrelated_pid}").exists()


def test_stale_socket_files(hold: Hold, run_dir: Path) -> None:
    prepared(hold)
    paths = RunPaths.of(run_dir)
    for path in (
        paths.postgres_sockets / POSTGRES_SOCKET_NAME,
        paths.valkey_socket,
        paths.keeper_socket,
    ):
        with listener(path):
            pass
        assert path.is_socket()

    assert "error" not in hold().answer()
    assert valkey(run_dir, "PING") == "+PONG"


@pytest.mark.parametrize(("server", "variable"), [("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL")])
def test_somebody_else_listens_at_our_socket(hold: Hold, run_dir: Path, server: str, variable: str) -> None:
    prepared(hold)
    paths = RunPaths.of(run_dir)
    path = paths.valkey_socket if server == "valkey" else paths.postgres_sockets / POSTGRES_SOCKET_NAME

    with listener(path):
        holder = hold()
        error = holder.answer()["error"]

    assert error == (
        f"Another program is listening at {path}: stop it, or set {variable} to a server of your own."
    )
    assert holder.leave() == 1
    assert server_processes(run_dir) == []


def test_killed_postgres_recovers_and_serves_again(hold: Hold, run_dir: Path, any_caller: Caller) -> None:
    hold(caller=any_caller).answer()
    with connect(run_dir) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    killed = postmaster(run_dir)

    os.kill(killed, signal.SIGKILL)

    assert wait_until(lambda: postmaster(run_dir) != killed and connect(run_dir).close() is None)
    with connect(run_dir) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_killed_valkey_serves_again(hold: Hold, run_dir: Path) -> None:
    hold().answer()
    before = valkey(run_dir, "INFO server").split("process_id:")[1].split()[0]

    os.kill(int(before), signal.SIGKILL)

    assert wait_until(lambda: valkey(run_dir, "PING") == "+PONG")
    assert f"process_id:{before}" not in valkey(run_dir, "INFO server")


def test_interrupted_creation_of_the_cluster_is_done_again(hold: Hold, run_dir: Path) -> None:
    prepared(hold)
    paths = RunPaths.of(run_dir)
    shutil.copytree(paths.postgres_data / "base", run_dir / "postgres.partial" / "base")
    shutil.rmtree(paths.postgres_data)

    assert "error" not in hold().answer()
    assert not (run_dir / "postgres.partial").exists()


def test_foreign_files_in_place_of_the_cluster_are_not_touched(hold: Hold, run_dir: Path) -> None:
    prepared(hold)
    data = RunPaths.of(run_dir).postgres_data
    shutil.rmtree(data)
    data.mkdir(mode=0o700)
    (data / "diary.txt").write_text("precious")

    error = hold().answer()["error"]

    assert error == f"{data} holds files but no PostgreSQL cluster: remove it, or set DATABASE_URL."
    assert (data / "diary.txt").read_text() == "precious"


def test_data_of_another_major_version(hold: Hold, run_dir: Path) -> None:
    prepared(hold)
    (RunPaths.of(run_dir).postgres_data / "PG_VERSION").write_text("99\n")

    error = hold().answer()["error"]

    assert error.startswith(
        "The database in the run directory was written by PostgreSQL 99, but only PostgreSQL"
    )
    assert error.endswith("is here: install 99, or set DATABASE_URL.")


def test_broken_cluster_is_said_in_one_sentence(hold: Hold, run_dir: Path) -> None:
    prepared(hold)
    (RunPaths.of(run_dir).postgres_data / "global" / "pg_control").write_bytes(bytes(8192))

    error = hold().answer()["error"]

    assert error.startswith("PostgreSQL did not start: ")
    assert "\n" not in error


def test_run_directory_of_somebody_else(hold: Hold, run_dir: Path, caller: Caller) -> None:
    if os.geteuid() == 0:
        run_dir.mkdir()
        os.chown(run_dir, 1, 1)
        answer = hold().answer()
    else:
        answer = hold(run_dir=Path("/usr/share")).answer()

    assert "belongs to" in answer["error"]
    assert answer["error"].endswith("not to you: run this as that user, or remove it.")


def test_copied_run_directory_does_not_disturb_the_original(hold: Hold, run_dir: Path) -> None:
    environment = {"VACANCY_SERVERS_RUN_AS": "user"} if os.geteuid() == 0 else {}
    assert "error" not in hold(environment=environment).answer()
    server = postmaster(run_dir)
    copy = run_dir.parent / "copy"
    copy.mkdir(mode=0o700)
    (copy / "postgres").symlink_to(RunPaths.of(run_dir).postgres_data.resolve())

    error = hold(run_dir=copy, environment=environment).answer()["error"]
    forget(RunPaths.of(copy))

    assert error.startswith("Another copy of this project is running on ")
    assert postmaster(run_dir) == server
    with connect(run_dir) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's files can be out of the server's reach")
def test_programs_out_of_reach_are_copied_to_where_the_server_can_run_them(hold: Hold, run_dir: Path) -> None:
    private = Path(tempfile.mkdtemp(prefix="vacancy-private-", dir="/tmp"))
    assert private.stat().st_mode & 0o777 == 0o700
    try:
        harness.copy_launcher(private, with_wheels=True)

        holder = hold(python_path=private, environment={"VACANCY_SERVERS_RUN_AS": "user"}, fresh=True)

        assert "error" not in holder.answer()
        program = Path(f"/proc/{postmaster(run_dir)}/exe").readlink()
        assert program.is_relative_to("/var/lib/vacancy")
        with connect(run_dir) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        holder.leave()
        shutil.rmtree(next(path for path in program.parents if path.name.startswith("postgresql-")))
    finally:
        shutil.rmtree(private)
