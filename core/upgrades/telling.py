"""The truth about a database after an upgrade that did not come to its end, and the one command that goes back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from .journal import Entry, EntryState, Journal
from .returning import WayBack, way_back
from .schema import name_of

NOTHING = "Nothing of it is in the database: the old version goes on as it is."


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, how the database is left, and how to go back; no command where there is nothing to take back."""

    happened: str
    left: str
    command: str

    def __str__(self) -> str:
        back = f" To go back: {self.command}" if self.command else ""
        return f"{self.happened} {self.left}{back}"


def failure_told(connection: BaseDatabaseWrapper, number: int, *, reason: str, others: list[str]) -> Told:
    """What to say of an upgrade that has just failed; ``others`` are sessions that may have been in the way."""
    entry = Journal(connection).get(number)
    assert entry is not None
    happened = (
        f"The upgrade failed in {entry.running}: {reason}."
        if entry.running
        else f"The upgrade failed: {reason}."
    )
    if others and "lock timeout" in reason:
        happened += f" In the way may be {'; '.join(others[:3])}."
    return _told(connection, entry, happened)


def interruption_told(connection: BaseDatabaseWrapper, entry: Entry | None) -> Told | None:
    """What to say of the last upgrade if it did not come to its end and something of it is there."""
    if entry is None or entry.state not in (EntryState.RUNNING, EntryState.FAILED):
        return None
    at = f"{entry.started_at:%Y-%m-%d %H:%M} UTC"
    where = f" in {entry.running}" if entry.running else ""
    how = (
        f"failed{where}: {entry.error.rstrip('.')}"
        if entry.error
        else f"was ended{where} before it could say anything"
    )
    told = _told(connection, entry, f"The upgrade of {at} {how}.")
    return told if told.command or told.left != NOTHING else None


def _told(connection: BaseDatabaseWrapper, entry: Entry, happened: str) -> Told:
    way = way_back(connection, entry)
    left = _left(entry, way)
    if not way.is_needed:
        return Told(happened, left, "")
    if not way.obstacles:
        return Told(happened, left, f"python manage.py upgrade --back {entry.id}")
    if entry.backup:
        left = f"{left} It cannot be taken back without loss ({'; '.join(way.obstacles)})."
        return Told(happened, left, f"python manage.py backup_restore {entry.backup}")
    why = "; ".join(way.obstacles)
    left = f"{left} There is no way back, for {why}, and no backup was made: go on with manage.py upgrade."
    return Told(happened, left, "")


def _left(entry: Entry, way: WayBack) -> str:
    """How the schema is left."""
    names = [name_of(migration) for migration in reversed(way.migrations)]
    node = entry.running_node
    parts = []
    if names:
        parts.append(f"Applied: {', '.join(names)}.")
    if way.half is not None:
        parts.append(f"{way.half}, and of the next one perhaps a part.")
    elif node is not None and entry.running not in names:
        parts.append(f"{entry.running} was rolled back, nothing of it is left.")
    if not names and way.half is None:
        parts.append(NOTHING)
    return " ".join(parts)
