"""`manage.py import_bookings`, as an operator meets it."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from bookings.models import Booking

from .files import csv_write, raw

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_horizon(settings: Settings) -> None:
    settings.INVENTORY_DAYS_AHEAD = 10


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return csv_write(tmp_path / "bookings.csv", [raw(), raw(adr="-6.38"), raw(stays_in_week_nights="0")])


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_bookings", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_figures_as_json_add_up(file: Path) -> None:
    figures = json.loads(run(file, "--json"))

    assert figures["rows"] == 3
    assert figures["taken"] == 1
    assert figures["taken_by_status"] == {"checked_out": 1}
    assert figures["refused_by_reason"] == {"no_nights": 1, "rate_negative": 1}
    assert figures["seconds"] >= 0


def test_figures_for_people(file: Path) -> None:
    printed = run(file, "--dry-run")

    assert "3 rows read" in printed
    assert "1 could be taken" in printed
    assert "a negative rate" in printed


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_the_report_names_line_and_reason(file: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    run(file, "--report", tmp_path / "refused.csv", *options)

    with (tmp_path / "refused.csv").open(newline="") as report:
        assert list(csv.reader(report)) == [
            ["line", "reason", "explanation", "value"],
            ["3", "rate_negative", "a negative rate", "-6.38"],
            ["4", "no_nights", "a stay of zero nights", ""],
        ]


def test_a_report_is_no_formula(tmp_path: Path) -> None:
    path = csv_write(tmp_path / "x.csv", [raw(hotel="=1+1")])

    run(path, "--dry-run", "--report", tmp_path / "refused.csv")

    assert "'=1+1" in (tmp_path / "refused.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("missing.csv",), "cannot be read: No such file or directory"),
        ((".",), "cannot be read: Is a directory"),
        (("bookings.csv", "--report", "no/such/place.csv"), "cannot be written"),
        (("bookings.csv", "--shift-to", "tomorrow"), "is not a date like 2026-11-20"),
        ((), "path"),
    ],
)
def test_wrong_input_is_one_sentence_and_writes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(file.parent)

    with pytest.raises(CommandError) as refused:
        run(*arguments)

    assert sentence in str(refused.value)
    assert not Booking.objects.exists()
