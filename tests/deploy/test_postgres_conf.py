"""PostgreSQL takes every line of the configurations, and really starts with them.

Only the memory of the server that starts is scaled, because a test machine has less: `shared_buffers`, `huge_pages`.
As they stand, all values are read by `postgres -C`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded.binaries import find_postgres
from config.embedded.paths import RunPaths
from config.embedded.postgres import PostgresServer
from config.embedded.profiles import Profile
from tests.deploy.asked import ROOT
from tests.reliability.servers import wait_until

FILES = sorted((ROOT / "deploy" / "postgres").glob("postgresql-*.conf"))
SCALED = {"shared_buffers": "64MB", "huge_pages": "off"}
ARCHIVE = "/opt/vacancy/deploy/postgres/archive-wal"
MUST = {
    "jit": "off",
    "random_page_cost": "1.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "archive_mode": "on",
    "password_encryption": "scram-sha-256",
    "log_parameter_max_length": "0",
}


def settings_of(path: Path) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    pairs = [re.fullmatch(r"(\w+)\s*=\s*(?:'([^']*)'|(\S+))", line) for line in lines if line]
    assert all(pairs), f"{path.name} has a line that is no setting"
    found = [(pair[1], pair[2] if pair[2] is not None else pair[3]) for pair in pairs if pair]
    assert len(dict(found)) == len(found), f"{path.name} says something twice"
    return dict(found)


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the server's user can read and sockets have short names."""
    path = Path(tempfile.mkdtemp(prefix="vacancy-conf-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def started(conf: Path, place: Path) -> PostgresServer:
    copy = place / "checked.conf"
    shutil.copyfile(conf, copy)
    copy.chmod(0o644)
    program = place / "archive-wal"
    shutil.copyfile(ROOT / "deploy" / "postgres" / "archive-wal", program)
    program.chmod(0o755)
    (place / "wal").mkdir()
    (place / "wal").chmod(0o777)
    command = settings_of(conf)["archive_command"]
    assert ARCHIVE in command
    moved = {"archive_command": f"{command.replace(ARCHIVE, str(program))} {place}/wal"}
    always = {"listen_addresses": "", "unix_socket_permissions": "0700", "config_file": str(copy)}
    options = always | SCALED | moved
    run = place / "run"
    run.mkdir()
    paths = RunPaths.of(run)
    for directory in (paths.run_dir, paths.sockets):
        directory.mkdir(mode=0o700, exist_ok=True)
    server = PostgresServer(
        paths=paths,
        profile=Profile("checked", keeps_data=False, postgres_options=options, valkey_options={}),
    )
    server.start()
    return server


@pytest.mark.slow
@pytest.mark.parametrize("conf", FILES, ids=lambda path: path.stem)
def test_the_server_starts_and_takes_every_line(conf: Path, place: Path) -> None:
    wanted = settings_of(conf)
    server = started(conf, place)
    try:
        address = f"host={server.paths.postgres_sockets} user=vacancy dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            errors = connection.execute(
                "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL OR NOT applied"
            ).fetchall()
            taken = connection.execute(
                "SELECT lower(name) FROM pg_settings WHERE sourcefile LIKE '%/checked.conf' AND NOT pending_restart"
            ).fetchall()
            same = {
                name: connection.execute(
                    "SELECT setting, current_setting(name) FROM pg_settings WHERE name = %s", [name]
                ).fetchone()
                for name in MUST
            }
            connection.execute("CREATE TABLE changed AS SELECT generate_series(1, 1000)")
            connection.execute("SELECT pg_switch_wal()")
            archived = wait_until(lambda: list((place / "wal").glob("0*.gz")), seconds=120)
        assert [name for name, _error in errors if name not in SCALED] == []
        assert {name for (name,) in taken} | set(SCALED) | {"archive_command"} >= set(wanted)
        assert archived, server.paths.log("postgres").read_text()[-1000:]
        segment, *_later = sorted((place / "wal").glob("0*.gz"))
        assert segment.stat().st_size < 4_000_000, "a segment that was closed early does not take 16 MB"
        assert {name: value[1] for name, value in same.items() if value} == MUST
    finally:
        server.stop()
    program = find_postgres().bin_dir / "postgres"
    for name in wanted:  # as it stands, unscaled
        said = subprocess.run(
            [
                program,
                "-C",
                name,
                "-D",
                server.paths.postgres_data.resolve(),
                "-c",
                f"config_file={place}/checked.conf",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (said.returncode, said.stderr) == (0, ""), name


def test_both_sizes_are_there_and_every_line_has_its_reason() -> None:
    assert [path.stem for path in FILES] == ["postgresql-10000", "postgresql-500"]
    for path in FILES:
        wanted = settings_of(path)
        comments = [line for line in path.read_text().splitlines() if line.startswith("#")]
        assert len(comments) > len(wanted) * 0.6
        assert {name: wanted[name] for name in MUST if name in wanted} == MUST


def test_memory_fits_into_the_machine_it_is_for() -> None:
    """Shared memory, and every connection that PgBouncer (or the pools) hand work to at once sorting twice."""
    for stem, machine_gb, busy in (("postgresql-500", 4, 30), ("postgresql-10000", 32, 50)):
        wanted = settings_of(ROOT / "deploy" / "postgres" / f"{stem}.conf")
        megabytes = {
            name: _megabytes(wanted[name]) for name in ("shared_buffers", "work_mem", "maintenance_work_mem")
        }
        vacuum = _megabytes(wanted.get("autovacuum_work_mem", wanted["maintenance_work_mem"]))
        total = (
            megabytes["shared_buffers"]
            + 2 * busy * megabytes["work_mem"]
            + megabytes["maintenance_work_mem"]
            + int(wanted["autovacuum_max_workers"]) * vacuum
        )
        assert total < machine_gb * 1024 * 0.6, stem


def _megabytes(text: str) -> int:
    match = re.fullmatch(r"(\d+)(MB|GB)", text)
    assert match, text
    return int(match[1]) * (1024 if match[2] == "GB" else 1)
