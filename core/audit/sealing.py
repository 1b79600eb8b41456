"""Closing the chain over what was committed.

A chain that is written by the transactions themselves would make all sellers wait for each other. So entries are
committed without a place in it, and sealed afterwards, one process at a time, in the order of (transaction, id), and
only those of transactions below the oldest that still runs: below that horizon nothing can appear any more, and what
does was not written by the triggers.

A restored database counts its transactions anew. Sealing notices that (the next number is below the horizon), takes
what has no place yet, and notes in its seal that the log has moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from core.locks import lock_timeout
from core.models import AuditSeal

from .chain import COLUMNS, GENESIS, entry_digest, link_hash

SEALING_LOCK = 0x7661_6361_6E63_7902
CHUNK_ENTRIES = 5_000
TRANSACTION_ENTRIES = 50_000

SNAPSHOT = """
    SELECT
        array(
            SELECT running::text::bigint FROM pg_snapshot_xip(seen) AS running
            WHERE running::xid NOT IN (
                SELECT backend_xid FROM pg_stat_activity
                WHERE backend_xid IS NOT NULL AND datname <> current_database()
            )
        ),
        pg_snapshot_xmax(seen)::text::bigint
    FROM pg_current_snapshot() AS seen
"""
"""The transactions that may still write here, and the next one. They are numbered for the whole server: one that is
known to run in another database does not hold the log back."""
STILL_RUNNING = """
    SELECT min(running::text::bigint) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
    WHERE running::text::bigint = ANY(%s)
"""
"""The oldest of some transactions that a later snapshot has not seen the end of."""
UNSEALED = f"""
    SELECT {COLUMNS} FROM core_auditentry e
    WHERE txid >= %s AND txid < %s AND NOT EXISTS (SELECT FROM core_auditlink l WHERE l.entry_id = e.id)
    ORDER BY txid, id LIMIT %s
"""  # noqa: S608 - our own names
UNSEALED_AFTER_MOVE = f"""
    SELECT {COLUMNS} FROM core_auditentry e
    WHERE (txid >= %s OR txid < %s) AND NOT EXISTS (SELECT FROM core_auditlink l WHERE l.entry_id = e.id)
    ORDER BY id LIMIT %s
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed in one go, and the end of the chain: number of links and last hash."""

    entries: int
    position: int
    head: bytes


def entries_seal(*, progress: Callable[[int], object] | None = None) -> Sealed:
    """Give every entry that is settled its place in the chain. In transactions of its own, 50,000 entries each.

    Three queries when there is nothing to do. Waits at most three seconds for another process that seals: raises
    `OperationalError` then, and the next call does what is left.
    """
    total = 0
    while True:
        with transaction.atomic(durable=True), lock_timeout(), connection.cursor() as cursor:
            # The lock is a statement of its own: the next one sees what the holder before us has committed.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])
            done, is_last, sealed = _seal(cursor)
        total += done
        if progress and done:
            progress(done)
        if is_last:
            return Sealed(entries=total, position=sealed.position, head=sealed.head)


def horizon_look(cursor: Any) -> tuple[int, int]:
    """The oldest transaction that may still write here, and the next one; both are the same where none may.

    Whoever is not found in another database may have been there and ended meanwhile, so who seems to run here is looked
    for once more: what has ended holds nothing back, for the statements that follow see what it wrote. (Its status in
    `pg_xact` would not do: a transaction stands there as committed before other snapshots see it.) One query, or two.
    """
    cursor.execute(SNAPSHOT)
    running, following = cursor.fetchone()
    if not running:
        return following, following
    cursor.execute(STILL_RUNNING, [running])
    (oldest,) = cursor.fetchone()
    return (following if oldest is None else oldest), following


def _seal(cursor: Any) -> tuple[int, bool, Sealed]:
    last = AuditSeal.objects.order_by("-id").first()
    horizon, position = (last.horizon, last.last_position) if last else (0, 0)
    head = bytes(last.head) if last else GENESIS
    oldest_running, following = horizon_look(cursor)
    moved = following < horizon
    query = UNSEALED_AFTER_MOVE if moved else UNSEALED
    done = 0
    while done < TRANSACTION_ENTRIES:
        cursor.execute(query, [horizon, oldest_running, CHUNK_ENTRIES])
        rows = cursor.fetchall()
        head = _link(cursor, rows, position, head)
        position, done = position + len(rows), done + len(rows)
        if len(rows) < CHUNK_ENTRIES:
            break
    is_last = done < TRANSACTION_ENTRIES
    if done or moved:
        AuditSeal.objects.create(
            horizon=oldest_running if is_last else horizon,
            last_position=position,
            head=head,
            moved=moved and is_last,
        )
    return done, is_last, Sealed(entries=done, position=position, head=head)


def _link(cursor: Any, rows: list[tuple[Any, ...]], position: int, head: bytes) -> bytes:
    links = []
    for row in rows:
        position += 1
        head = link_hash(head, entry_digest(row))
        links.append((position, row[0], head))
    if links:
        with cursor.copy("COPY core_auditlink (position, entry_id, hash) FROM STDIN") as copy:
            for link in links:
                copy.write_row(link)
    return head
