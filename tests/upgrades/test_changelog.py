"""The document about the schema says what the migrations do."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from core.upgrades.changelog import changelog_text
from core.upgrades.changelog.wording import wording
from tests.concurrency.crowd import ROOT

TABLE = ModelState(
    "diner",
    "Table",
    [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20))],
)
WORDS = [
    (
        migrations.AddField("table", "city", models.CharField(max_length=9, null=True)),
        "`diner_table` gets `city` (CharField, at most 9, may be empty).",
    ),
    (
        migrations.AddField("table", "room", models.ForeignKey("diner.Room", models.CASCADE)),
        "`diner_table` gets `room` (refers to diner.Room).",
    ),
    (migrations.RemoveField("table", "name"), "`diner_table` loses `name`."),
    (
        migrations.AlterField("table", "name", models.CharField(max_length=40, null=True)),
        "`name` of `diner_table` may be 40 long and may be empty.",
    ),
    (
        migrations.AlterField("table", "name", models.TextField()),
        "`name` of `diner_table` becomes (TextField).",
    ),
    (migrations.RenameField("table", "name", "label"), "In `diner_table`, `name` is now called `label`."),
    (
        migrations.AddIndex("table", models.Index(fields=["name"], name="table_name")),
        "`diner_table` gets the index `table_name`.",
    ),
    (
        migrations.AddConstraint("table", models.UniqueConstraint(fields=["name"], name="one_name")),
        "`diner_table` gets the unique constraint `one_name`.",
    ),
    (
        migrations.CreateModel("Room", [("id", models.BigAutoField(primary_key=True))]),
        "New table `diner_room`: `id`.",
    ),
    (migrations.DeleteModel("Table"), "Table `diner_table` goes."),
    (
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Table")]),
        "Only in the code: table `diner_table` goes.",
    ),
    (migrations.RunSQL("-- why\nUPDATE `x`\nSET y = 1"), "SQL: `UPDATE 'x'`"),
]


@pytest.mark.parametrize(("operation", "words"), WORDS, ids=[type(pair[0]).__name__ for pair in WORDS])
def test_an_operation_is_a_line_of_words(operation, words) -> None:
    state = ProjectState()
    state.add_model(TABLE.clone())

    assert wording(operation, ("diner", state)) == [words]


def test_the_document_is_kept() -> None:
    text = changelog_text()

    assert (ROOT / "docs" / "schema-changelog.md").read_text() == text, "run manage.py schema_changelog"
    assert "## bookings 0001_initial" in text
    assert text.index("## bookings 0002_") < text.index("## bookings 0001_initial"), "the newest come first"


def test_the_command_writes_it_and_tells_when_it_is_late(tmp_path: Path) -> None:
    path = tmp_path / "changelog.md"
    with pytest.raises(CommandError, match="does not say what the migrations do"):
        call_command("schema_changelog", check=True, output=str(path))
    assert not path.exists()

    call_command("schema_changelog", output=str(path), stdout=StringIO())

    call_command("schema_changelog", check=True, output=str(path), stdout=StringIO())
    assert path.read_text() == changelog_text()
