"""Every rule of the linter: a migration that breaks it, and one that does the same properly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import connection, migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now, Random

from core.upgrades.linting import RULES, migrations_lint, released_read
from core.upgrades.linting.linting import migrations_read

pytestmark = pytest.mark.django_db

LINE = models.CheckConstraint(condition=models.Q(seats__gt=0), name="seats_positive")
FILLED = models.CheckConstraint(condition=models.Q(note__isnull=False), name="note_filled")
INDEX = models.Index(fields=["seats"], name="table_seats")


@pytest.fixture
def idle() -> Iterator[BaseDatabaseWrapper]:
    """A connection that is in no transaction."""
    other = connection.copy()
    yield other
    other.close()


@pytest.fixture
def state() -> ProjectState:
    """What the version that is out there knows: a diner with tables, and its rooms."""
    state = ProjectState()
    state.add_model(ModelState("diner", "Room", [("id", models.BigAutoField(primary_key=True))]))
    state.add_model(
        ModelState(
            "diner",
            "Table",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("seats", models.IntegerField()),
                ("name", models.CharField(max_length=20)),
                ("note", models.TextField(null=True)),
                ("price", models.DecimalField(max_digits=6, decimal_places=2)),
            ],
            {"indexes": [models.Index(fields=["name"], name="table_name")]},
        )
    )
    return state


def migration(*operations, atomic: bool = True) -> migrations.Migration:
    made = migrations.Migration("0002_change", "diner")
    made.operations = list(operations)
    made.atomic = atomic
    return made


def add(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField("table", name, field)


def alter(name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField("table", name, field)


def noop(apps, schema_editor) -> None:
    raise AssertionError("the linter runs no migration")


SQL_INDEX = 'CREATE INDEX "seats_again" ON "diner_table" ("seats")'
NEW_TABLE = migrations.CreateModel(
    "Meal",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("table", models.ForeignKey("diner.Table", models.CASCADE)),
        ("name", models.CharField(max_length=20)),
    ],
)
BAD = {
    "an index": ("index", [migrations.AddIndex("table", INDEX)]),
    "an index in SQL": ("index", [migrations.RunSQL(SQL_INDEX, "DROP INDEX CONCURRENTLY seats_again")]),
    "an index that goes": ("index", [migrations.RemoveIndex("table", "table_name")]),
    "an index of a column": ("index", [alter("seats", models.IntegerField(db_index=True))]),
    "an indexed column": ("index", [add("city", models.TextField(null=True, db_index=True))]),
    "a foreign key's index": (
        "index",
        [add("room", models.ForeignKey("diner.Room", models.CASCADE, null=True, db_constraint=False))],
    ),
    "a column that the old version does not write": (
        "not-null",
        [add("stars", models.IntegerField(default=0))],
    ),
    "a column that must not be empty any more": ("not-null", [alter("note", models.TextField())]),
    "a column that is forgotten": (
        "not-null",
        [migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("table", "name")])],
    ),
    "a check": ("constraint", [migrations.AddConstraint("table", LINE)]),
    "a unique constraint": (
        "constraint",
        [migrations.AddConstraint("table", models.UniqueConstraint(fields=["name"], name="one_name"))],
    ),
    "a unique column": ("constraint", [alter("seats", models.IntegerField(unique=True))]),
    "a foreign key": (
        "constraint",
        [add("room", models.ForeignKey("diner.Room", models.CASCADE, null=True, db_index=False))],
    ),
    "a column with a check": ("constraint", [add("beds", models.PositiveIntegerField(null=True))]),
    "validated where it was added": (
        "constraint",
        [AddConstraintNotValid("table", LINE), ValidateConstraint("table", "seats_positive")],
    ),
    "another type": ("rewrite", [alter("seats", models.BigIntegerField())]),
    "a shorter text": ("rewrite", [alter("name", models.CharField(max_length=10))]),
    "other decimals": ("rewrite", [alter("price", models.DecimalField(max_digits=8, decimal_places=4))]),
    "a default from row to row": ("rewrite", [add("luck", models.FloatField(db_default=Random()))]),
    "a generated column": (
        "rewrite",
        [
            add(
                "double",
                models.GeneratedField(
                    expression=models.F("seats") * 2, output_field=models.IntegerField(), db_persist=True
                ),
            )
        ],
    ),
    "a lock": ("rewrite", [migrations.RunSQL("LOCK TABLE diner_table", migrations.RunSQL.noop)]),
    "a column that goes": ("still-used", [migrations.RemoveField("table", "note")]),
    "a column that goes in SQL": (
        "still-used",
        [
            migrations.RunSQL(
                "ALTER TABLE diner_table DROP COLUMN note", "ALTER TABLE diner_table ADD COLUMN note text"
            )
        ],
    ),
    "a table that goes": ("still-used", [migrations.DeleteModel("Room")]),
    "a column with another name": ("still-used", [migrations.RenameField("table", "note", "remark")]),
    "a table with another name": ("still-used", [migrations.RenameModel("Table", "Desk")]),
    "a table called otherwise": ("still-used", [migrations.AlterModelTable("table", "desks")]),
    "code without a way back": ("irreversible", [migrations.RunPython(noop)]),
    "SQL without a way back": ("irreversible", [migrations.RunSQL("UPDATE diner_table SET seats = 2")]),
    "schema and code": (
        "mixed",
        [add("city", models.TextField(null=True)), migrations.RunPython(noop, migrations.RunPython.noop)],
    ),
    "schema and data in SQL": (
        "mixed",
        [
            add("city", models.TextField(null=True)),
            migrations.RunSQL("UPDATE diner_table SET city = 'Rome'", migrations.RunSQL.noop),
        ],
    ),
    "CONCURRENTLY in a transaction": (
        "concurrently",
        [
            migrations.RunSQL(
                "CREATE INDEX CONCURRENTLY i ON diner_table (seats)", "DROP INDEX CONCURRENTLY i"
            )
        ],
    ),
}
GOOD = {
    "an index while the table is used": (False, [AddIndexConcurrently("table", INDEX)]),
    "an index that goes while it is used": (False, [RemoveIndexConcurrently("table", "table_name")]),
    "a column that may be empty": (True, [add("city", models.TextField(null=True))]),
    "a column that the database fills": (True, [add("stars", models.IntegerField(db_default=0))]),
    "a column with the time of now": (True, [add("seen_at", models.DateTimeField(db_default=Now()))]),
    "a foreign key without index and check": (
        True,
        [
            add(
                "room",
                models.ForeignKey(
                    "diner.Room", models.CASCADE, null=True, db_index=False, db_constraint=False
                ),
            )
        ],
    ),
    "a foreign key for new rows": (
        True,
        [
            migrations.RunSQL(
                "ALTER TABLE diner_table ADD CONSTRAINT f FOREIGN KEY (seats) REFERENCES diner_room (id) NOT VALID",
                "ALTER TABLE diner_table DROP CONSTRAINT f",
            )
        ],
    ),
    "a unique constraint from an index": (
        True,
        [
            migrations.RunSQL(
                "ALTER TABLE diner_table ADD CONSTRAINT u UNIQUE USING INDEX one_name",
                "ALTER TABLE diner_table DROP CONSTRAINT u",
            )
        ],
    ),
    "a check for new rows": (True, [AddConstraintNotValid("table", LINE)]),
    "a longer text": (True, [alter("name", models.CharField(max_length=40))]),
    "a text without an end": (True, [alter("name", models.TextField())]),
    "a larger number": (True, [alter("price", models.DecimalField(max_digits=9, decimal_places=2))]),
    "a column that may be empty now": (True, [alter("name", models.CharField(max_length=20, null=True))]),
    "a column that the code forgets": (
        True,
        [migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("table", "note")])],
    ),
    "a new table with all it needs": (
        True,
        [
            NEW_TABLE,
            migrations.AddIndex("meal", models.Index(fields=["name"], name="meal_name")),
            migrations.AddField("meal", "price", models.PositiveIntegerField(default=0)),
            migrations.AddConstraint("meal", models.UniqueConstraint(fields=["name"], name="one_meal")),
            migrations.RunSQL("INSERT INTO diner_meal (name) VALUES ('Soup')", migrations.RunSQL.noop),
        ],
    ),
    "data apart": (True, [migrations.RunPython(noop, migrations.RunPython.noop)]),
    "a function whose body only looks dangerous": (
        True,
        [
            migrations.RunSQL(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ -- DROP TABLE diner_table;\n"
                "BEGIN UPDATE diner_table SET seats = 1; ALTER TABLE diner_table DROP COLUMN note; END $$; -- UPDATE\n",
                "DROP FUNCTION f()",
            ),
            add("city", models.TextField(null=True)),
        ],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_breaks_a_rule_is_refused(name: str, state: ProjectState, idle: BaseDatabaseWrapper) -> None:
    rule, operations = BAD[name]

    found = migrations_read([migration(*operations)], state=state, connection=idle, own={"diner"})

    assert {finding.rule for finding in found} == {rule}
    assert RULES[rule] in str(found[0])
    assert str(found[0]).startswith("diner.0002_change: ")


@pytest.mark.parametrize("name", GOOD)
def test_what_is_done_properly_passes(name: str, state: ProjectState, idle: BaseDatabaseWrapper) -> None:
    atomic, operations = GOOD[name]

    found = migrations_read(
        [migration(*operations, atomic=atomic)], state=state, connection=idle, own={"diner"}
    )

    assert found == []


def test_no_rule_is_without_its_pair() -> None:
    assert {rule for rule, _operations in BAD.values()} == RULES.keys()


def test_a_validated_constraint_comes_in_a_migration_of_its_own(
    state: ProjectState, idle: BaseDatabaseWrapper
) -> None:
    apart = [
        migration(AddConstraintNotValid("table", FILLED)),
        migration(ValidateConstraint("table", "note_filled")),
        migration(alter("note", models.TextField())),
    ]

    assert migrations_read(apart[:2], state=state, connection=idle, own={"diner"}) == []
    found = migrations_read(apart, state=state, connection=idle, own={"diner"})

    assert found == [], "a check that says so already spares the reading of all rows"


def test_what_only_the_new_version_has_may_go_again(state: ProjectState, idle: BaseDatabaseWrapper) -> None:
    steps = [
        migration(add("city", models.TextField(null=True))),
        migration(migrations.RemoveField("table", "city")),
    ]

    assert migrations_read(steps, state=state, connection=idle, own={"diner"}) == []


def test_a_column_goes_a_release_after_the_code_has_forgotten_it(
    state: ProjectState, idle: BaseDatabaseWrapper
) -> None:
    forgets = migration(
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("table", "note")])
    )
    drops = migration(
        migrations.RunSQL(
            "ALTER TABLE diner_table DROP COLUMN note", "ALTER TABLE diner_table ADD COLUMN note text"
        )
    )
    released = forgets.mutate_state(state)

    assert [
        f.rule for f in migrations_read([forgets, drops], state=state, connection=idle, own={"diner"})
    ] == ["still-used"]
    assert migrations_read([drops], state=released, connection=idle, own={"diner"}) == []


def test_migrations_of_others_are_not_ours_to_judge(state: ProjectState, idle: BaseDatabaseWrapper) -> None:
    drop = migration(migrations.DeleteModel("Room"))

    assert migrations_read([drop], state=state, connection=idle, own={"bar"}) == []


def test_every_migration_after_the_released_version_is_clean(idle: BaseDatabaseWrapper) -> None:
    released = released_read()

    found = migrations_lint(connection=idle, released=released)

    assert not found, "\n".join(map(str, found))
    assert released.reason
    assert released.let_pass.keys() <= RULES.keys()
