"""What upgrades did, in a table of its own, so that whoever comes after one that was killed knows how far it came.

The journal must be there before any migration is applied, and while none can be: so it makes its own table, as Django
does for the list of applied migrations, and is no model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

Node = tuple[str, str]
"""A migration: its app and its name."""
TABLE = "core_upgrade"
TABLE_SQL = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    state text NOT NULL DEFAULT 'running',
    planned jsonb NOT NULL,
    backup text NOT NULL DEFAULT '',
    running text NOT NULL DEFAULT '',
    steps integer NOT NULL DEFAULT 0,
    error text NOT NULL DEFAULT ''
)
"""
COLUMNS = "id, started_at, finished_at, state, planned, backup, running, steps, error"


class EntryState(StrEnum):
    """How an upgrade ended. One that runs while nobody holds the lock was killed."""

    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class Entry:
    """One upgrade. ``planned`` are its migrations in their order; ``steps`` of ``running`` were done."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    state: EntryState
    planned: tuple[Node, ...]
    backup: str
    running: str
    steps: int
    error: str

    @property
    def running_node(self) -> Node | None:
        """The migration that was being applied, or taken back."""
        label, _dot, name = self.running.partition(".")
        return (label, name) if name else None


class Journal:
    """The journal of one database. Every method is one query and committed with it, or with its transaction."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def exists(self) -> bool:
        """Whether there was ever an upgrade."""
        return bool(self._rows("SELECT to_regclass(%s) IS NOT NULL", [TABLE])[0][0])

    def begin(self, planned: list[Node]) -> int:
        """Note a new upgrade, in a table that is made if need be; its number."""
        with self.connection.cursor() as cursor:
            cursor.execute(TABLE_SQL)
        text = json.dumps(planned)
        return int(self._rows(f"INSERT INTO {TABLE} (planned) VALUES (%s) RETURNING id", [text])[0][0])  # noqa: S608

    def note(self, number: int, **values: Any) -> None:
        """Write down how far it is."""
        if "planned" in values:
            values["planned"] = json.dumps(values["planned"])
        columns = ", ".join(f"{name} = %s" for name in values)
        with self.connection.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} SET {columns} WHERE id = %s", [*values.values(), number])  # noqa: S608

    def end(self, number: int, state: EntryState, error: str = "") -> None:
        """Write down how it ended."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {TABLE} SET state = %s, error = %s, finished_at = clock_timestamp() WHERE id = %s",  # noqa: S608
                [state.value, error, number],
            )

    def last(self) -> Entry | None:
        """The newest one that stands: what was taken back is as if it had not been."""
        return self._entry(f"state <> '{EntryState.TAKEN_BACK}' ORDER BY id DESC LIMIT 1", [])

    def get(self, number: int) -> Entry | None:
        """One by its number."""
        return self._entry("id = %s", [number])

    def _entry(self, condition: str, parameters: list[Any]) -> Entry | None:
        if not self.exists():
            return None
        rows = self._rows(f"SELECT {COLUMNS} FROM {TABLE} WHERE {condition}", parameters)  # noqa: S608
        if not rows:
            return None
        number, started, finished, state, planned, *rest = rows[0]
        nodes = json.loads(planned) if isinstance(planned, str) else planned
        return Entry(number, started, finished, EntryState(state), tuple((a, b) for a, b in nodes), *rest)

    def _rows(self, sql: str, parameters: list[Any]) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())
