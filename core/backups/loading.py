"""Putting a backup's dump into an empty database, and proving that everything arrived."""

from __future__ import annotations

import os
import subprocess

from .catalog import Backup, manifest_of
from .digests import migrations_applied, tables_differing, tables_digest
from .dumping import process_running
from .errors import BackupDamaged, RestoreRefused
from .layout import DATABASE
from .migrations import migrations_unknown
from .programs import Program, program_find
from .progress import Progress
from .servers import DatabaseServer, one_line, version_text
from .verifying import dump_feed

JOBS_MAX = 4
DIFFERENCES_SHOWN = 5
SESSION_OPTIONS = "-c maintenance_work_mem=256MB -c statement_timeout=0 -c jit=off"


def fit_check(backup: Backup, server: DatabaseServer) -> Program:
    """The pg_restore to use. Raises `RestoreRefused`, with nothing touched, where versions do not fit.

    The code must know every migration of the backup; neither the programs nor the server may be older than those that
    made it.
    """
    manifest = manifest_of(backup)
    if not backup.has_database:
        raise RestoreRefused(f"{backup.name} has no database, only files.")
    unknown = migrations_unknown(manifest.migrations)
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise RestoreRefused(
            f"{backup.name} has a newer schema than this code: it does not know {unknown[0]}{more}. "
            "Restore it with the code of that time."
        )
    with server.named("postgres").session() as session:
        version = session.info.server_version
    if version // 10_000 < manifest.server_version // 10_000:
        raise RestoreRefused(
            f"The server on {server.place} is PostgreSQL {version_text(version)}, older than "
            f"{version_text(manifest.server_version)}, which {backup.name} came from."
        )
    return program_find("pg_restore", at_least=max(manifest.client_version, manifest.server_version))


def database_load(backup: Backup, server: DatabaseServer, program: Program, *, progress: Progress) -> None:
    """Restore the dump into an empty database and gather statistics. Raises `BackupError`.

    Everything belongs to the role that restores. A plain dump is read by several jobs, an encrypted one in one stream.
    """
    path = backup.file(DATABASE)
    assert path is not None
    manifest = manifest_of(backup)
    command = [
        str(program.path),
        f"--dbname={server.name}",
        "--no-owner",
        "--no-acl",
        "--exit-on-error",
        "--no-password",
    ]
    environment = server.environment | {"PGOPTIONS": SESSION_OPTIONS}
    if manifest.encryption is None:
        jobs = max(1, min(JOBS_MAX, os.cpu_count() or 1))
        with progress("restore", total=len(manifest.tables), unit=" tables") as advance:
            with process_running(
                [*command, f"--jobs={jobs}", str(path)], environment=environment, stdout=subprocess.DEVNULL
            ):
                pass
            advance(len(manifest.tables))
    else:
        with progress("restore", total=manifest.files[path.name].plain_size) as advance:
            dump_feed(backup, command, environment=environment, advance=advance)
    with server.session() as session:
        session.execute("ANALYZE")


def database_compare(backup: Backup, server: DatabaseServer, *, progress: Progress) -> None:
    """Compare every table with what it held when it was backed up. Raises `BackupDamaged`."""
    manifest = manifest_of(backup)
    with (
        progress("compare", total=len(manifest.tables), unit=" tables") as advance,
        server.session(autocommit=False) as session,
    ):
        found = tables_digest(session, advance=advance)
        applied = migrations_applied(session)
    differences = list(tables_differing(manifest.tables, found))
    if applied != manifest.migrations:
        differences.append("the list of migrations is another")
    if differences:
        shown = "; ".join(differences[:DIFFERENCES_SHOWN])
        raise BackupDamaged(
            f"What was restored from {backup.name} is not what was backed up: {one_line(shown)}."
        )
