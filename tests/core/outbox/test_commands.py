"""`manage.py dispatch_outbox` and `manage.py deadletters`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.exceptions import ValidationFailed
from core.models import Effect
from core.outbox import DeadLetter, EffectRun, broker
from core.outbox.redriving import effects_discard, effects_prune, effects_redrive
from tests.outbox import handled, run_effects

from .conftest import NOON

pytestmark = pytest.mark.django_db
Enqueue = Callable[..., Effect]


def command(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def refused(enqueue: Enqueue) -> list[Effect]:
    """Three dead letters."""

    def refuse(run: EffectRun) -> None:
        raise DeadLetter(f"no {run.dedup_key}")

    with handled("tests.thing", refuse) as kind:
        effects = [enqueue(kind, key) for key in ("a", "b", "c")]
        run_effects(at=NOON)
    return effects


def test_dispatch_runs_what_is_due_and_what_follows_from_it(enqueue: Enqueue) -> None:
    def follow(run: EffectRun) -> None:
        enqueue("tests.other", f"after {run.dedup_key}", at=timezone.now())

    with handled("tests.thing", follow) as kind, handled("tests.other"):
        enqueue(kind, "first")

        told = json.loads(command("dispatch_outbox", "--json"))

    assert told == {"dead": 0, "done": 2, "failed": 0, "postponed": 0, "skipped": 0, "recovered": 0}
    assert set(Effect.objects.values_list("dedup_key", "status")) == {
        ("first", "done"),
        ("after first", "done"),
    }


def test_dispatch_keeps_to_kinds_and_limit(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind, handled("tests.other") as other:
        for key in "abc":
            enqueue(kind, key)
        enqueue(other, "other")

        assert command("dispatch_outbox", "--kind", kind, "--limit", "2") == "Effects: 2 done.\n"
        assert command("dispatch_outbox") == "Effects: 2 done.\n"
        assert command("dispatch_outbox") == "Effects: nothing was due.\n"
    with pytest.raises(CommandError, match=r"no such kind of effect: tests\.unknown"):
        command("dispatch_outbox", "--kind", "tests.unknown")


def test_dispatch_says_when_something_was_given_up(enqueue: Enqueue) -> None:
    def refuse(run: EffectRun) -> None:
        raise DeadLetter("no")

    with handled("tests.thing", refuse) as kind:
        enqueue(kind)
        with pytest.raises(CommandError, match=r"see manage\.py deadletters"):
            command("dispatch_outbox")


def test_dispatch_to_a_broker_that_is_away_fails_and_loses_nothing(
    enqueue: Enqueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: Any, **_options: Any) -> None:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(broker.current_app, "send_task", away)
    with handled("tests.thing") as kind:
        effect = enqueue(kind)
        with pytest.raises(CommandError, match=r"The broker is away \(nobody listens\); nothing is lost"):
            command("dispatch_outbox", "--celery")

    effect.refresh_from_db()
    assert effect.status == "pending"


def test_dead_letters_are_listed_with_their_reason(refused: list[Effect]) -> None:
    facts = json.loads(command("deadletters", "--json"))
    listed = command("deadletters")

    assert [(fact["id"], fact["reason"], fact["attempts"]) for fact in facts] == [
        (effect.pk, f"no {effect.dedup_key}", 1) for effect in reversed(refused)
    ]
    assert "tests.thing  b  after 1: no b" in listed
    assert listed.endswith("Dead letters: 3\n")
    assert command("deadletters", "--kind", "tests.other").endswith("Dead letters: 0\n")


def test_dead_letters_are_tried_again(refused: list[Effect]) -> None:
    first, *_others = refused
    assert command("deadletters", "--retry", str(first.pk)) == "Dead letters redriven: 1\n"
    first.refresh_from_db()
    assert (first.status, first.attempts, first.finished_at, first.last_error) == ("pending", 0, None, "no a")
    assert command("deadletters", "--retry", "--all", "--json") == '{"redriven": 2}\n'

    with handled("tests.thing"):
        assert run_effects().outcomes == {"done": 3}
    assert not Effect.objects.filter(status="dead").exists()


@pytest.mark.parametrize("arguments", [["--retry"], ["--retry", "1", "--all"], ["--discard", "1"]])
def test_dead_letters_want_to_know_which_and_why(refused: list[Effect], arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        command("deadletters", *arguments)

    assert Effect.objects.filter(status="dead").count() == 3


def test_what_is_no_dead_letter_is_left_alone(refused: list[Effect], enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        waiting = enqueue(kind, "waiting", due_at=NOON + timedelta(days=1))

    with pytest.raises(CommandError, match="1 of them are no dead letters"):
        command("deadletters", "--retry", str(waiting.pk), str(refused[0].pk))
    assert effects_redrive(ids=[refused[0].pk], actor="tests") == 0
    waiting.refresh_from_db()
    assert waiting.due_at == NOON + timedelta(days=1)


def test_dead_letters_are_discarded_with_a_reason(refused: list[Effect]) -> None:
    with pytest.raises(ValidationFailed):
        effects_discard(ids=[refused[0].pk], reason="  ", actor="tests")

    command("deadletters", "--discard", str(refused[0].pk), "--reason", "The guest has left")

    refused[0].refresh_from_db()
    assert refused[0].status == "discarded"
    assert refused[0].last_error == "discarded by manage.py deadletters: The guest has left"


def test_what_is_long_over_is_forgotten_and_dead_letters_are_not(
    refused: list[Effect], enqueue: Enqueue
) -> None:
    with handled("tests.thing") as kind:
        for key in ("old 1", "old 2", "old 3"):
            enqueue(kind, key)
        run_effects(at=NOON)
        enqueue(kind, "young", at=NOON + timedelta(days=2))
        run_effects(at=NOON + timedelta(days=2))
    effects_discard(ids=[refused[0].pk], reason="not needed", actor="tests", at=NOON)

    assert effects_prune(at=NOON + timedelta(days=91), batch_rows=2) == 4

    assert set(Effect.objects.values_list("dedup_key", flat=True)) == {"young", "b", "c"}
