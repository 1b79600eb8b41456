"""Giving events their numbers, after they were committed, one process at a time.

A number taken inside the business transaction would either make all transactions of a property wait for each other
until the commit, or be in another order than the commits, and a reader who has seen 7 would miss a 6 that commits
later. So events are committed without a number, and whoever reads or delivers next numbers what is there, under one
advisory lock. Numbers are therefore without gaps, given once, never seen before those below them, and business
transactions take no lock for them. Events of one subject are numbered in the order in which they were written, as long
as their writers hold the lock of that subject: the later one got its id after the earlier one had committed.
"""

from __future__ import annotations

from django.db import connection, transaction

from core.locks import lock_timeout
from notifications.models import DomainEvent, EventStream

NUMBERING_LOCK = 0x7661_6361_6E63_7901
BATCH_EVENTS = 1_000

_EVENT = DomainEvent._meta.db_table
_STREAM = EventStream._meta.db_table

NUMBER = f"""
    WITH fresh AS (
        SELECT id, property_id,
            row_number() OVER (ORDER BY id) AS chain_place,
            row_number() OVER (PARTITION BY property_id ORDER BY id) AS place
        FROM (
            SELECT id, property_id FROM {_EVENT} WHERE chain_sequence IS NULL ORDER BY id LIMIT %s
        ) AS oldest
    ),
    counted AS (
        SELECT property_id, count(*) AS events FROM fresh GROUP BY property_id
        UNION ALL
        SELECT NULL, count(*) FROM fresh HAVING count(*) > 0
    ),
    stream AS (
        INSERT INTO {_STREAM} AS stream (property_id, last_sequence, forgotten_sequence)
        SELECT property_id, events, 0 FROM counted
        ON CONFLICT (property_id) DO UPDATE SET last_sequence = stream.last_sequence + excluded.last_sequence
        RETURNING property_id, last_sequence
    ),
    base AS (
        SELECT stream.property_id, stream.last_sequence - counted.events AS sequence
        FROM stream JOIN counted ON stream.property_id IS NOT DISTINCT FROM counted.property_id
    )
    UPDATE {_EVENT} AS event
    SET sequence = base.sequence + fresh.place,
        chain_sequence = (SELECT sequence FROM base WHERE property_id IS NULL) + fresh.chain_place,
        coalesce_key = ''
    FROM fresh JOIN base ON base.property_id = fresh.property_id
    WHERE event.id = fresh.id
"""  # noqa: S608 - the tables' names are our own


def events_number(*, limit: int = BATCH_EVENTS) -> int:
    """Number up to ``limit`` committed events, oldest first; how many. One query when there are none, else four.

    In a transaction of its own. Waits for another process that is numbering, at most three seconds: raises
    `OperationalError` then, and the next call does what is left.
    """
    if not DomainEvent.objects.filter(chain_sequence=None).exists():
        return 0
    with transaction.atomic(), lock_timeout(), connection.cursor() as cursor:
        # The lock is a statement of its own: the next one sees what the holder before us has committed.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        cursor.execute(NUMBER, [limit])
        return int(cursor.rowcount)


def events_number_all() -> int:
    """Number every event that is committed now; how many."""
    total = 0
    while numbered := events_number():
        total += numbered
        if numbered < BATCH_EVENTS:
            break
    return total
