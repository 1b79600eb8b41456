"""Effects and scheduled jobs in the administration: seen, tried again, discarded, run."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole
from core.models import Effect, ScheduledJob
from core.schedule import job_run, scheduled_jobs
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel
from tests.outbox import run_effects

pytestmark = pytest.mark.django_db
LIST = reverse("admin:core_effect_changelist")


def dead(house: Hotel | None = None, **values: Any) -> Effect:
    return Effect.objects.create(
        **{
            "kind": "core.scheduled_job",
            "queue": "scheduled",
            "payload": {"email": "guest@example.com"},
            "dedup_key": uuid4().hex,
            "property_id": house.property.pk if house else None,
            "status": "dead",
            "attempts": 3,
            "finished_at": timezone.now(),
            "last_error": "TimeoutError: the server did not answer",
        }
        | values
    )


def running(house: Hotel, **progress: Any) -> Effect:
    values = {"status": "running", "finished_at": None, "leased_until": timezone.now(), "last_error": ""}
    return dead(house, **values, **progress)


def page(effect: Effect, name: str = "change") -> str:
    return reverse(f"admin:core_effect_{name}", args=[effect.pk])


def act(client: Client, *effects: Effect) -> Any:
    ids = [effect.pk for effect in effects]
    return client.post(LIST, {"action": "redrive", "_selected_action": ids}, follow=True)


def status_of(effect: Effect) -> str:
    return Effect.objects.get(pk=effect.pk).status


def test_staff_see_how_far_a_long_job_is_and_why_one_was_given_up(house: Hotel) -> None:
    running(house, progress_done=1200, progress_total=40_000, progress_note="bookings.csv")
    dead(house)
    foreign = dead(None)

    text = staff_of(house).get(LIST).content.decode()

    assert "1,200 of 40,000 · bookings.csv" in text
    assert "TimeoutError: the server did not answer" in text
    assert "scheduled job, asked for" in text
    assert page(foreign) not in text


def test_only_superusers_read_what_an_effect_carries(house: Hotel, root: Client) -> None:
    effect = dead(house)

    assert "guest@example.com" not in staff_of(house).get(page(effect)).content.decode()
    assert "guest@example.com" in root.get(page(effect)).content.decode()


def test_dead_letters_are_tried_again_by_the_action(house: Hotel, root: Client) -> None:
    first, second, busy = dead(house), dead(None), running(house)

    answer = act(root, first, second, busy)

    assert "2 are due again." in answer.content.decode()
    assert [status_of(effect) for effect in (first, second, busy)] == ["pending", "pending", "running"]


def test_a_manager_tries_again_what_is_of_the_house_and_nothing_else(
    house: Hotel, other_house: Hotel
) -> None:
    mine, foreign, nobodys = dead(house), dead(other_house), dead(None)

    act(staff_of(house), mine, foreign, nobodys)

    assert [status_of(effect) for effect in (mine, foreign, nobodys)] == ["pending", "dead", "dead"]


@pytest.mark.parametrize("role", [StaffRole.FRONT_DESK, StaffRole.FINANCE])
def test_other_roles_may_not(house: Hotel, role: str) -> None:
    effect = dead(house)
    client = staff_of(house, role)

    act(client, effect)
    for name in ("redrive", "discard"):
        assert client.post(page(effect, name), {"reason": "no"}).status_code in {403, 404}

    assert status_of(effect) == "dead"


def test_one_is_tried_again_or_discarded_from_its_page(house: Hotel) -> None:
    again, useless = dead(house), dead(house)
    manager = staff_of(house)
    shown = manager.get(page(again)).content.decode()
    assert page(again, "redrive") in shown
    assert page(again, "discard") in shown

    assert manager.get(page(again, "redrive")).status_code == 200
    manager.post(page(again, "redrive"))
    assert manager.post(page(useless, "discard"), {"reason": ""}).status_code == 422
    assert status_of(useless) == "dead"
    manager.post(page(useless, "discard"), {"reason": "The guest has left"})

    assert (status_of(again), status_of(useless)) == ("pending", "discarded")
    assert Effect.objects.get(pk=useless.pk).last_error.endswith(": The guest has left")
    assert page(again, "redrive") not in manager.get(page(again)).content.decode()


def test_kinds_filter_the_list(house: Hotel, root: Client) -> None:
    effect = dead(house)

    assert root.get(LIST, {"kind": "core.scheduled_job"}).context["cl"].result_count == 1
    assert root.get(LIST, {"kind": "something.else"}).context["cl"].result_count == 0
    assert root.get(LIST, {"q": effect.dedup_key}).context["cl"].result_count == 1


def test_jobs_show_their_success_and_can_be_run(root: Client) -> None:
    ScheduledJob.objects.all().delete()
    job_run("bookings.payments_reconcile")
    url = reverse("admin:core_scheduledjob_changelist")

    text = root.get(url).content.decode()
    assert "reconcile payments" in text
    assert "every 300 s" in text
    assert "payments checked 0" in text

    before = ScheduledJob.objects.get().last_succeeded_at
    root.post(url, {"action": "run_soon", "_selected_action": ["bookings.payments_reconcile"]})
    assert run_effects().outcomes == {"done": 1}
    assert ScheduledJob.objects.get().last_succeeded_at > before


def test_every_job_has_a_label_of_its_own() -> None:
    labels = [str(job.label) for job in scheduled_jobs().values()]

    assert len(set(labels)) == len(labels)
    assert set(labels).isdisjoint(scheduled_jobs())
