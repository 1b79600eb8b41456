"""What is looked at before a schema is changed: each thing one sentence, good, doubtful or a reason not to begin."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import django
from django.conf import settings
from django.core import checks as system_checks
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from core.backups.errors import BackupError
from core.backups.programs import program_find

from .linting.linting import migrations_read
from .schema import Schema, name_of, state_before

PYTHON = (3, 11)
DJANGO = (5, 2)
MEGABYTE = 1_000_000
SESSIONS_SQL = """
SELECT pid, coalesce(nullif(application_name, ''), usename, 'somebody'), state,
       extract(epoch FROM clock_timestamp() - xact_start)::int,
       wait_event_type IS NOT DISTINCT FROM 'Lock'
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
   AND xact_start < clock_timestamp() - make_interval(secs => %s)
 ORDER BY xact_start
"""
PREPARED_SQL = """
SELECT gid, extract(epoch FROM clock_timestamp() - prepared)::int FROM pg_prepared_xacts
 WHERE database = current_database()
"""
FOREIGN_SQL = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
   AND NOT pg_has_role(relowner, 'USAGE') ORDER BY 1 LIMIT 3
"""


class Verdict(StrEnum):
    """What a check came to; an upgrade does not begin with one that failed."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    text: str


def checks_run(connection: BaseDatabaseWrapper, schema: Schema, *, backup: bool) -> list[Check]:
    """Look at everything; some fifteen queries, none of which waits for anybody.

    ``backup``: one will be made, so its program must be there.
    """
    needs_client = backup and bool(schema.pending) and not schema.is_empty
    checks = [*_session(connection), *_versions(connection, needs_client=needs_client)]
    checks += [*_schema(schema), *_rights(connection)]
    checks += [*_transactions(connection), *_disk(connection), *_system()]
    return checks + list(_migrations(connection, schema))


def long_sessions(connection: BaseDatabaseWrapper, seconds: float) -> list[str]:
    """Who has had a transaction open for longer, in words. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS_SQL, [seconds])
        rows = cursor.fetchall()
    return [
        f"session {pid} ({who}, {'waits for a lock' if waits else state}) for {age} s"
        for pid, who, state, age, waits in rows
    ]


def _session(connection: BaseDatabaseWrapper) -> Iterator[Check]:
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        yield Check(
            "connection",
            Verdict.FAILED,
            "A pooler stands before the database: run the upgrade with DATABASE_URL naming the server itself, "
            "and without DATABASE_POOLER.",
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_setting('server_version')")
        is_copy, version = cursor.fetchone()
    name = connection.settings_dict["NAME"]
    if is_copy:
        yield Check(
            "connection", Verdict.FAILED, f"{name} is a copy for reading: name the primary in DATABASE_URL."
        )
    else:
        yield Check("connection", Verdict.OK, f"{name}, PostgreSQL {version}")


def _versions(connection: BaseDatabaseWrapper, *, needs_client: bool) -> Iterator[Check]:
    number = getattr(connection, "pg_version", 0)
    least = connection.features.minimum_database_version or (14,)
    wrong = []
    if sys.version_info[:2] < PYTHON:
        wrong.append(
            f"Python {'.'.join(map(str, PYTHON))} or newer is needed, this is {sys.version.split()[0]}"
        )
    if django.VERSION[:2] != DJANGO:
        wrong.append(f"Django {'.'.join(map(str, DJANGO))} is needed, this is {django.__version__}")
    if number // 10_000 < least[0]:
        wrong.append(f"PostgreSQL {least[0]} or newer is needed, the server is {number // 10_000}")
    text = f"Python {sys.version.split()[0]}, Django {django.__version__}"
    if needs_client:
        try:
            text += f", pg_dump {program_find('pg_dump', at_least=number).major}"
        except BackupError as error:
            wrong.append(str(error).rstrip("."))
    if wrong:
        yield Check("versions", Verdict.FAILED, "; ".join(wrong) + ".")
    else:
        yield Check("versions", Verdict.OK, text)


def _schema(schema: Schema) -> Iterator[Check]:
    if schema.unknown:
        names = ", ".join(schema.unknown[:5])
        text = f"The database is newer than this code, which does not know {names}: use the newer version."
        yield Check("schema", Verdict.FAILED, text)
    elif schema.broken:
        yield Check("schema", Verdict.FAILED, schema.broken)
    if schema.half_done is not None:
        text = f"{schema.half_done}; the upgrade goes on there."
        yield Check("schema", Verdict.WARNING, text)
    elif schema.indexes:
        names = ", ".join(f"{name} of {table}" for name, table in schema.indexes)
        first = schema.indexes[0][0]
        text = (
            f"Indexes that CONCURRENTLY left half built: {names}. Remove each, such as with "
            f"DROP INDEX CONCURRENTLY {first}, or build it again with REINDEX INDEX CONCURRENTLY {first}."
        )
        yield Check("schema", Verdict.FAILED, text)
    elif not (schema.unknown or schema.broken):
        yield Check(
            "schema", Verdict.OK, f"{len(schema.applied)} migrations are applied, nothing is half done"
        )
    if schema.constraints:
        names = ", ".join(f"{name} of {table}" for name, table in schema.constraints)
        yield Check(
            "constraints", Verdict.WARNING, f"Hold for new rows only, until they are validated: {names}"
        )


def _rights(connection: BaseDatabaseWrapper) -> Iterator[Check]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_schema(), 'CREATE'), current_user")
        may, user = cursor.fetchone()
        cursor.execute(FOREIGN_SQL)
        foreign = [row[0] for row in cursor.fetchall()]
    if not may:
        yield Check(
            "rights", Verdict.FAILED, f"{user} may not make tables: use the role that owns the database."
        )
    elif foreign:
        text = f"{user} does not own {', '.join(foreign)}: use the role that owns the tables."
        yield Check("rights", Verdict.FAILED, text)
    else:
        yield Check("rights", Verdict.OK, f"{user} owns the tables")


def _transactions(connection: BaseDatabaseWrapper) -> Iterator[Check]:
    seconds = settings.UPGRADE_TRANSACTION_SECONDS
    found = long_sessions(connection, seconds)
    with connection.cursor() as cursor:
        cursor.execute(PREPARED_SQL)
        found += [f"prepared transaction {gid} for {age} s" for gid, age in cursor.fetchall()]
    if found:
        text = (
            f"Transactions are open for more than {seconds:g} s, and a migration would wait for them while guests "
            f"wait for it: {'; '.join(found[:5])}. Wait, or end one with SELECT pg_terminate_backend(its number)."
        )
        yield Check("transactions", Verdict.FAILED, text)
    else:
        yield Check("transactions", Verdict.OK, f"none is older than {seconds:g} s")


def _disk(connection: BaseDatabaseWrapper) -> Iterator[Check]:
    """The places that can be seen from here: the backups', and the database's if it is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), "
            "CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END"
        )
        size, folder = cursor.fetchone()
    places = {"the backups": _existing(Path(settings.BACKUP_ROOT))}
    if folder and Path(folder).is_dir():
        places["the database"] = Path(folder)
    needed = settings.UPGRADE_FREE_MEGABYTES * MEGABYTE
    short = []
    for what, place in places.items():
        free = shutil.disk_usage(place).free
        if free < needed:
            short.append(f"{free // MEGABYTE} MB are free for {what} ({place})")
    if short:
        text = f"{'; '.join(short)}, and {needed // MEGABYTE} MB are needed (UPGRADE_FREE_MEGABYTES)."
        yield Check("disk", Verdict.FAILED, text)
    else:
        where = " and ".join(places)
        text = (
            f"the database has {size // MEGABYTE} MB; at least {needed // MEGABYTE} MB are free for {where}"
        )
        yield Check("disk", Verdict.OK, text)


def _existing(path: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if place.is_dir())


def _system() -> Iterator[Check]:
    found = system_checks.run_checks(databases=["default"])
    errors = [message for message in found if message.is_serious()]
    if errors:
        yield Check("code", Verdict.FAILED, "; ".join(f"{error.id}: {error.msg}" for error in errors[:5]))
    else:
        yield Check("code", Verdict.OK, "the system checks find no error")


def _migrations(connection: BaseDatabaseWrapper, schema: Schema) -> Iterator[Check]:
    """What is to be applied, and what of it might hold guests up."""
    if not schema.pending:
        yield Check("migrations", Verdict.OK, "none is missing")
        return
    names = ", ".join(map(name_of, schema.pending[:20]))
    more = len(schema.pending) - 20
    yield Check(
        "migrations", Verdict.OK, f"to be applied: {names}" + (f" and {more} more" if more > 0 else "")
    )
    if schema.is_empty or schema.broken:
        return
    state = state_before(MigrationExecutor(connection), schema.pending[0])
    labels = {migration.app_label for migration in schema.pending}
    for finding in migrations_read(schema.pending, state=state, connection=connection, own=labels):
        yield Check("migrations", Verdict.WARNING, f"{finding.migration} may hold guests up: {finding.about}")
