"""When a backup is restored, whoever was erased since it was made is erased again, before anybody uses it."""

from __future__ import annotations

from typing import Any

import structlog
from django.dispatch import receiver

from accounts.models import Erasure
from core.backups.children import command_run
from core.backups.servers import DatabaseServer
from core.backups.signals import backup_restored

from .records import records_path, records_read

logger = structlog.get_logger(__name__)


@receiver(backup_restored, dispatch_uid="accounts.privacy.restored")
def erasures_follow(server: DatabaseServer, **_facts: Any) -> None:
    """Do the missing erasures in the restored database. Raises `BackupError` where that fails: the site stays as it is.

    A backup from before there was a list of erasures cannot take them yet; the nightly job does them once the database
    is migrated.
    """
    records = [record.uid for record in records_read()]
    if not records:
        return
    known = _known(server)
    if known is None:
        logger.warning("erasures_wait_for_migration", database=server.name, erasures=len(records))
        return
    if missing := [uid for uid in records if uid not in known]:
        command_run(server, "erasures_reapply", "--list", str(records_path()), "--json")
        logger.info("erasures_done_again", database=server.name, erasures=len(missing))


def _known(server: DatabaseServer) -> set[str] | None:
    """The erasures that a database knows; None where it has no such table yet."""
    table = Erasure._meta.db_table
    with server.session() as session:
        found = session.execute("SELECT to_regclass(%s)", [table]).fetchone()
        if found is None or found[0] is None:
            return None
        return {str(row[0]) for row in session.execute(f"SELECT uid FROM {table}")}  # noqa: S608 - our own name
