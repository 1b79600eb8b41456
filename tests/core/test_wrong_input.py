"""What is typed behind an option and cannot be meant: one sentence, nothing done, and no traceback."""

from __future__ import annotations

import io
import json
from argparse import ArgumentTypeError
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.management.commands import person_erase
from core.management.arguments import MOST, whole_number

HUGE = "9" * 20


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("12", 12), (str(MOST), MOST)])
def test_a_number_within_its_bounds_is_read(text: str, number: int) -> None:
    assert whole_number(1)(text) == number


@pytest.mark.parametrize("text", ["0", "-1", str(MOST + 1), HUGE, "x", "", "1.5", "nan"])
def test_any_other_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is not a whole number from 1 to"):
        whole_number(1)(text)


@pytest.mark.parametrize("number", ["0", "-1", HUGE])
@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("holds_expire", "--limit"),
        ("deadletters", "--limit"),
        ("dispatch_outbox", "--limit"),
        ("idempotency_prune", "--batch"),
        ("rooms_assign", "--days"),
    ],
)
def test_a_command_refuses_a_number_that_cannot_be_meant(command: str, option: str, number: str) -> None:
    with pytest.raises(CommandError, match=f"argument {option}: '{number}' is not a whole number from 1 to"):
        call_command(command, f"{option}={number}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("deadletters", "--retry", "1", "--discard", "1"), "not allowed with argument"),
        (("upgrade", "--discard-new"), "--discard-new goes with --back"),
        (("perf_check", "--factor", "nan"), "--factor more than 0"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command(*words)


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["5000", HUGE])
@pytest.mark.parametrize("command", ["bookings_archive", "price_partitions_drop"])
def test_nothing_is_older_than_the_calendar(command: str, number: str) -> None:
    out = io.StringIO()

    call_command(command, "--older-than", number, "--dry-run", "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert report.pop("dry_run") is True
    assert not any(report.values())


@pytest.mark.django_db
def test_the_last_day_of_the_calendar_is_a_last_day() -> None:
    out = io.StringIO()

    call_command("dailystats_rebuild", "--from", "0001-01-01", "--to", "9999-12-31", "--dry-run", stdout=out)

    assert out.getvalue()


def test_an_erasure_that_nobody_can_agree_to_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_args: Any, **_options: Any) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    monkeypatch.setattr(person_erase.Command, "person", lambda *_args, **_options: object())
    monkeypatch.setattr(person_erase, "person_erase", lambda _person: pytest.fail("erased"))

    with pytest.raises(CommandError, match=r"say --no-input\. Nothing was erased\."):
        call_command("person_erase", "anna@guest.example")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_bookings_are_not_moved_to_the_ends_of_the_calendar(day: str) -> None:
    with pytest.raises(CommandError, match=f"--shift-to: '{day}' is not a day of the years"):
        call_command("import_bookings", "bookings.csv", "--shift-to", day)
