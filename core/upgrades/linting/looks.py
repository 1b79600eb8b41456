"""What a statement does to a table, in the terms of the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint, Model, Q

from .sql import actions

NAME = r'(?:IF (?:NOT )?EXISTS )?(?:ONLY )?(?:"?\w+"?\.)?"?(?P<name>\w+)"?'
CREATE_TABLE = re.compile(rf"CREATE (?:UNLOGGED |TEMP(?:ORARY)? )?TABLE {NAME}", re.IGNORECASE)
CREATE_INDEX = re.compile(
    rf"CREATE (?:UNIQUE )?INDEX (?P<concurrently>CONCURRENTLY )?.*?\bON {NAME}", re.IGNORECASE
)
DROP_INDEX = re.compile(rf"DROP INDEX (?P<concurrently>CONCURRENTLY )?{NAME}", re.IGNORECASE)
DROP_TABLE = re.compile(rf"DROP TABLE {NAME}", re.IGNORECASE)
TRIGGER = re.compile(
    rf"(?:CREATE|DROP) (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*?\bON {NAME}", re.IGNORECASE
)
HEAVY = re.compile(
    rf"(?:LOCK (?:TABLE )?|CLUSTER |VACUUM FULL |REINDEX (?:TABLE|INDEX) (?!CONCURRENTLY)"
    rf"|REFRESH MATERIALIZED VIEW (?!CONCURRENTLY)){NAME}",
    re.IGNORECASE,
)
DATA = re.compile(r"(?:INSERT|UPDATE|DELETE|MERGE|COPY|TRUNCATE|DO|WITH|SELECT|CALL)\b", re.IGNORECASE)
SETTLING = re.compile(r"SET CONSTRAINTS\b", re.IGNORECASE)
VOLATILE = re.compile(
    r"\b(?:random|gen_random_uuid|uuidv?\w*|clock_timestamp|nextval|timeofday)\s*\(", re.IGNORECASE
)
COLUMN = r'(?:COLUMN )?(?:IF (?:NOT )?EXISTS )?"?(?P<column>\w+)"?'
ADD_CONSTRAINT = re.compile(
    r'ADD (?:CONSTRAINT "?(?P<name>\w+)"? )?(?:CHECK|FOREIGN KEY|UNIQUE|PRIMARY KEY|EXCLUDE)\b', re.IGNORECASE
)
ADD_COLUMN = re.compile(rf"ADD {COLUMN} (?P<rest>.*)", re.IGNORECASE | re.DOTALL)
ALTER_TYPE = re.compile(
    rf"ALTER {COLUMN} (?:SET DATA )?TYPE (?P<type>.*?)(?: USING .*| COLLATE .*)?$", re.IGNORECASE | re.DOTALL
)
ALTER_COLUMN = re.compile(rf"ALTER {COLUMN} (?P<what>SET NOT NULL|DROP DEFAULT)", re.IGNORECASE)
DROP_COLUMN = re.compile(rf"DROP {COLUMN}", re.IGNORECASE)
RENAME_COLUMN = re.compile(rf"RENAME {COLUMN} TO", re.IGNORECASE)
LENGTH = re.compile(r"(?:varchar|character varying)(?:\((\d+)\))?$|text$", re.IGNORECASE)
NUMERIC = re.compile(r"numeric\((\d+), ?(\d+)\)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that is done: its kind, the table, and what it is about in words."""

    kind: str
    table: str
    about: str
    has_default: bool = False


Action = Callable[[str, re.Match[str], ProjectState], Iterator[Look]]
"""What an action means: the table, what its pattern found, and the models before it."""


def statement_looks(statement: str, state: ProjectState) -> Iterator[Look]:
    """What a statement does; ``state`` are the models before it, for the types and constraints that there were."""
    table, parts = actions(statement)
    if table:
        for part in parts:
            yield from _action_looks(table, part, state)
    elif match := CREATE_TABLE.match(statement):
        yield Look("create-table", match["name"], match["name"])
    elif match := CREATE_INDEX.match(statement):
        yield Look(
            "concurrently" if match["concurrently"] else "index",
            match["name"],
            f"an index of {match['name']}",
        )
    elif match := DROP_INDEX.match(statement):
        yield Look("concurrently" if match["concurrently"] else "index", "", f"the index {match['name']}")
    elif match := DROP_TABLE.match(statement):
        yield Look("drop-table", match["name"], match["name"])
    elif match := HEAVY.match(statement):
        yield Look("rewrite", match["name"], f"{statement.split(maxsplit=1)[0]} {match['name']}")
    elif match := TRIGGER.match(statement):
        yield Look("trigger", match["name"], match["name"])
    elif DATA.match(statement) and not SETTLING.match(statement):
        yield Look("data", "", statement[:60])


def _action_looks(table: str, action: str, state: ProjectState) -> Iterator[Look]:
    """What one action of an ALTER TABLE does: the first pattern that fits tells."""
    for pattern, looks in ACTIONS:
        if match := pattern.match(action):
            yield from looks(table, match, state)
            return
    yield Look("schema", table, table)


def _validates(table: str, match: re.Match[str], _state: ProjectState) -> Iterator[Look]:
    yield Look("validate", table, f"{match['name']} of {table} is validated")


def _adds_constraint(table: str, match: re.Match[str], _state: ProjectState) -> Iterator[Look]:
    upper = match.string.upper()
    is_quick = "NOT VALID" in upper or "USING INDEX" in upper
    kind = "constraint" if not is_quick else "not-valid" if "NOT VALID" in upper else "schema"
    yield Look(kind, table, f"{match['name'] or 'a constraint'} of {table}")


def _changes_type(table: str, match: re.Match[str], state: ProjectState) -> Iterator[Look]:
    new = match["type"].strip()
    wide = type_widens(_type_of(state, table, match["column"]), new)
    yield Look("schema" if wide else "rewrite", table, f"{table}.{match['column']} becomes {new}")


def _changes_column(table: str, match: re.Match[str], state: ProjectState) -> Iterator[Look]:
    about = f"{table}.{match['column']}"
    if match["what"].upper() == "DROP DEFAULT":
        yield Look("drop-default", table, about)
    elif not _is_checked(state, table, match["column"]):
        yield Look("not-null", table, about)


def _adds_column(table: str, match: re.Match[str], _state: ProjectState) -> Iterator[Look]:
    yield from _column_looks(table, match["column"], match["rest"])


def _of_column(kind: str) -> Action:
    def looks(table: str, match: re.Match[str], _state: ProjectState) -> Iterator[Look]:
        yield Look(kind, table, f"{table}.{match['column']}")

    return looks


def _of_table(kind: str) -> Action:
    def looks(table: str, _match: re.Match[str], _state: ProjectState) -> Iterator[Look]:
        yield Look(kind, table, table)

    return looks


ACTIONS: list[tuple[re.Pattern[str], Action]] = [
    (re.compile(r'VALIDATE CONSTRAINT "?(?P<name>\w+)', re.IGNORECASE), _validates),
    (ADD_CONSTRAINT, _adds_constraint),
    (ALTER_TYPE, _changes_type),
    (ALTER_COLUMN, _changes_column),
    (re.compile(r"(?:DROP|RENAME) CONSTRAINT|ALTER .* DROP IDENTITY", re.IGNORECASE), _of_table("schema")),
    (ADD_COLUMN, _adds_column),
    (DROP_COLUMN, _of_column("drop-column")),
    (re.compile(r"RENAME TO", re.IGNORECASE), _of_table("rename-table")),
    (RENAME_COLUMN, _of_column("rename-column")),
    (re.compile(r"SET (?:LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)", re.IGNORECASE), _of_table("rewrite")),
]


def _column_looks(table: str, column: str, rest: str) -> Iterator[Look]:
    """What a new column brings with it."""
    about, upper = f"{table}.{column}", rest.upper()
    has_default = " DEFAULT " in f" {upper} "
    yield Look("schema", table, about)
    if re.search(r" STORED|AS IDENTITY|SERIAL", upper):
        yield Look("rewrite", table, about)
    elif has_default and VOLATILE.search(rest.partition("DEFAULT")[2]):
        yield Look("rewrite", table, f"{about}, whose default differs from row to row")
    elif "NOT NULL" in upper or "PRIMARY KEY" in upper:
        yield Look("add-not-null", table, about, has_default=has_default)
    if re.search(r"REFERENCES | UNIQUE|CHECK \(", upper):
        yield Look("constraint", table, about)


def _models(state: ProjectState) -> Iterator[type[Model]]:
    yield from state.apps.get_models(include_auto_created=True)


def _type_of(state: ProjectState, table: str, column: str) -> str:
    """The type that a column had; empty for one that no model knows."""
    for model in _models(state):
        if model._meta.db_table == table:
            for field in model._meta.local_concrete_fields:
                if field.column == column:
                    return str(field.db_type(connection))
    return ""


def type_widens(old: str, new: str) -> bool:
    """Whether a type takes every value of another, as it is stored: only then is no row looked at."""
    if old == new:
        return True
    before, after = LENGTH.match(old), LENGTH.match(new)
    if before and after:
        return after[1] is None or (before[1] is not None and int(before[1]) <= int(after[1]))
    exact, wider = NUMERIC.match(old), NUMERIC.match(new)
    return bool(exact and wider and int(exact[1]) <= int(wider[1]) and exact[2] == wider[2])


def _is_checked(state: ProjectState, table: str, column: str) -> bool:
    """Whether a check constraint already says that a column is never empty: then no row is read."""
    for model in _models(state):
        if model._meta.db_table == table:
            names = {field.name for field in model._meta.local_concrete_fields if field.column == column}
            wanted = [Q(**{f"{name}__isnull": False}) for name in names]
            return any(
                isinstance(constraint, CheckConstraint) and constraint.condition in wanted
                for constraint in model._meta.constraints
            )
    return False
