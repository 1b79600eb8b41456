"""Taking a person's data out of the log without breaking its chain.

A value that is taken away becomes null, and its digest stays where the chain needs it. The entry's salt goes too: see
`core.audit.chain`. The database lets this through, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from .chain import COLUMNS, PLAIN_COLUMNS, entry_values, erased_read, value_digests, value_salt

ENTRIES = f"""
    SELECT {COLUMNS} FROM core_auditentry
    WHERE model = %s AND object_id = ANY(%s) ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own names
BY_PERSON = f"""
    SELECT {COLUMNS} FROM core_auditentry WHERE user_id = %s AND ip <> '' ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own names
BY_GUESTS = f"""
    SELECT {COLUMNS} FROM core_auditentry
    WHERE model = %s AND object_id = ANY(%s) AND user_id IS NULL AND ip <> '' ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own names
OLD = f"""
    SELECT {COLUMNS} FROM core_auditentry
    WHERE ip <> '' AND at < %s AND id > %s ORDER BY id LIMIT %s FOR UPDATE
"""  # noqa: S608 - our own names
OLD_COUNT = "SELECT count(*) FROM core_auditentry WHERE ip <> '' AND at < %s"
ERASE = """
    UPDATE core_auditentry
    SET before = before || %s::jsonb, after = after || %s::jsonb, place = %s, ip = %s, salt = NULL, erased = %s::jsonb
    WHERE id = %s
"""
BATCH_ROWS = 1_000
ALLOW = "SELECT set_config('vacancy.audit_erasure', %s, true)"


def audit_values_erase(*, model: str, object_ids: Collection[str], columns: Collection[str]) -> int:
    """Take values of some columns out of every entry about some rows of a model (``app.model``); how many entries.

    What was changed, when and by whom stays. For erasing a person's data; idempotent. Locks the entries.
    """
    names = {f"{side}.{column}" for side in ("before", "after") for column in columns}
    return _erase(ENTRIES, [model, list(object_ids)], names)


def audit_addresses_erase(*, user_id: int) -> int:
    """Take the IP addresses out of every entry of what a person did; how many entries. Locks the entries."""
    return _erase(BY_PERSON, [user_id], {"ip"})


def audit_guest_addresses_erase(*, model: str, object_ids: Collection[str]) -> int:
    """Take the IP addresses out of what nobody who is logged in did to some rows of a model; how many entries."""
    return _erase(BY_GUESTS, [model, list(object_ids)], {"ip"})


def audit_addresses_forget(before: datetime, dry_run: bool) -> int:
    """Take the IP addresses out of entries older than an instant, a batch per transaction; how many entries."""
    if dry_run:
        with connection.cursor() as cursor:
            cursor.execute(OLD_COUNT, [before])
            return int(cursor.fetchone()[0])
    total = last = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(OLD, [before, last, BATCH_ROWS])
            rows = cursor.fetchall()
            total += _rows_erase(cursor, rows, {"ip"})
        if len(rows) < BATCH_ROWS:
            return total
        last = rows[-1][0]


def _erase(query: str, parameters: list[Any], names: Collection[str]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return _rows_erase(cursor, cursor.fetchall(), names)


def _rows_erase(cursor: Any, rows: list[tuple[Any, ...]], names: Collection[str]) -> int:
    count = 0
    if rows:
        cursor.execute(ALLOW, ["on"])
        for row in rows:
            changes = _without(row, names)
            if changes is not None:
                cursor.execute(ERASE, [*changes, row[0]])
                count += 1
        cursor.execute(ALLOW, [""])
    return count


def _without(row: tuple[Any, ...], names: Collection[str]) -> list[str] | None:
    place, ip, before, after, salt, erased_text = row[PLAIN_COLUMNS:]
    values = entry_values(place=place, ip=ip, before=before, after=after)
    erased = erased_read(erased_text)
    gone = set(erased.digests) if erased else set()
    going = {name for name in values if name in names} - gone
    if not going:
        return None
    digests = value_digests(values, salt, erased)
    kept = {
        "digests": {name: digests[name].hex() for name in sorted(gone | going)},
        "salts": {name: value_salt(name, salt, erased).hex() for name in sorted(set(values) - gone - going)},
    }
    return [
        _nothing("before.", going),
        _nothing("after.", going),
        "" if "place" in going else place,
        "" if "ip" in going else ip,
        json.dumps(kept),
    ]


def _nothing(side: str, going: Collection[str]) -> str:
    """The values of one side that go, as JSON to be laid over it: the database writes the others as they were."""
    return json.dumps({name.removeprefix(side): None for name in going if name.startswith(side)})
