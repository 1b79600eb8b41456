"""One dump of the database, and what the database held, both from one snapshot."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, cast

import psycopg

from .archives import PIECE_BYTES, ArchiveWriter
from .digests import migrations_applied, tables_digest
from .errors import BackupError
from .manifest import FileFacts, TableFacts
from .programs import program_find
from .progress import Progress
from .servers import DatabaseServer, one_line

LOCK_WAIT_SECONDS = 60
STDERR_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class Dump:
    """What was dumped, by which versions."""

    facts: FileFacts
    tables: dict[str, TableFacts]
    migrations: dict[str, list[str]]
    server_version: int
    client_version: int


def database_dump(
    server: DatabaseServer,
    path: Path,
    *,
    secret: bytes | None,
    progress: Progress,
    expected_bytes: int | None,
) -> Dump:
    """Dump a database into `path`; the digests are of the very snapshot that is dumped, whatever is written meanwhile.

    Raises `BackupError`: the server is away, pg_dump is missing or older than the server, or it failed.
    """
    with server.session(autocommit=False) as session:
        pg_dump = program_find("pg_dump", at_least=session.info.server_version)
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        row = session.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        counting = _Counting(session)
        with _dumping(server, pg_dump.path, snapshot=row[0]) as stream:
            counting.start()
            try:
                with (
                    progress("database", total=expected_bytes) as advance,
                    ArchiveWriter(path, secret=secret, advance=advance) as archive,
                ):
                    while piece := stream.read1(PIECE_BYTES):
                        archive.write(piece)
            except BaseException:
                session.cancel_safe(timeout=5)
                counting.join()
                raise
        tables, migrations = counting.result()
        return Dump(archive.facts, tables, migrations, session.info.server_version, pg_dump.version)


class _Counting(threading.Thread):
    """Digests every table while pg_dump works; the snapshot's own session is its alone until it ends."""

    def __init__(self, session: psycopg.Connection[Any]) -> None:
        super().__init__(name="backup-digests", daemon=True)
        self._session = session
        self._result: tuple[dict[str, TableFacts], dict[str, list[str]]] | None = None
        self._error: psycopg.Error | None = None

    def run(self) -> None:
        try:
            tables = tables_digest(self._session, advance=lambda amount: None)
            self._result = tables, migrations_applied(self._session)
        except psycopg.Error as error:
            self._error = error

    def result(self) -> tuple[dict[str, TableFacts], dict[str, list[str]]]:
        self.join()
        if self._result is None:
            raise BackupError(f"The tables could not be read: {one_line(self._error)}") from self._error
        return self._result


@contextmanager
def _dumping(server: DatabaseServer, program: Path, *, snapshot: str) -> Iterator[BufferedReader]:
    """pg_dump at work; its output is read in the block. It ends with the block, however that ends."""
    command = [
        str(program),
        "--format=custom",
        f"--snapshot={snapshot}",
        f"--lock-wait-timeout={LOCK_WAIT_SECONDS}s",
        "--no-password",
    ]
    with process_running(command, environment=server.environment, stdout=subprocess.PIPE) as process:
        yield cast(BufferedReader, process.stdout)


@contextmanager
def process_running(
    command: list[str], *, environment: dict[str, str], **streams: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL while the block runs. Raises `BackupError` with what it said if it fails.

    If the block fails, the program is ended, and the block's own error stands.
    """
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **streams) as process:
        said = _Said(process)
        said.start()
        broken: BrokenPipeError | None = None
        try:
            yield process
            if process.stdin is not None:
                process.stdin.close()
        except BrokenPipeError as error:
            broken = error  # the program has ended and says why
        except BaseException:
            process.kill()
            raise
        finally:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close(stream)
            code = process.wait()
            said.join()
        if code != 0 or broken is not None:
            reason = (
                one_line(said.text.strip().splitlines()[0]) if said.text.strip() else f"it ended with {code}"
            )
            raise BackupError(f"{Path(command[0]).name} failed: {reason}")


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return  # its reader is gone; the exit code says why


class _Said(threading.Thread):
    """Reads what a program writes to its standard error, so that it never waits for us to."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._process = process
        self.text = ""

    def run(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            said = b""
            while piece := stream.read1(PIECE_BYTES):  # type: ignore[attr-defined]
                said = (said + piece)[:STDERR_BYTES]
        self.text = said.decode(errors="replace")
