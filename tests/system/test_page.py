"""The page of green and red: who may see it, what it says, and where it leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from structlog.testing import capture_logs

from accounts.models import StaffRole
from core.cache import client as cache_client
from core.cache.client import CacheServer
from core.models import ScheduledJob
from core.system import State, system_report
from core.system.archiving import LogArchive, log_archive
from core.system.checked import job_finding
from core.system.heartbeats import BEAT, DISPATCHER, WORKER, Pulse, heartbeats
from core.system.lines import Finding
from core.system.looks.outside import LOOK_JOB
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import SuperuserFactory
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:system")


@pytest.fixture
def operator() -> Client:
    return logged_in(SuperuserFactory.create())


def test_the_operator_sees_every_line_with_its_way_to_the_runbook(
    operator: Client, well: None, roomy: None
) -> None:
    page = operator.get(PAGE)

    assert page.status_code == 200
    assert page.text.count("system-line__figure") >= len(system_report().lines)
    for line in system_report().lines:
        assert f'href="{reverse("admin:runbook")}#{line.runbook}"' in page.text
    assert "system-line--red" not in page.text
    assert 'hx-trigger="every 30s"' in page.text


def test_what_is_red_stands_first_with_what_to_do(operator: Client, well: None, roomy: None) -> None:
    ScheduledJob.objects.filter(pk="bookings.inventory_check").update(
        failures_in_a_row=1, last_failed_at=timezone.now(), last_error="InventoryDiffers: 3 nights"
    )

    text = operator.get(PAGE).text

    assert "1 thing needs you now" in text
    assert text.index("See what differs: manage.py inventory_check") < text.index("Servers")
    assert text.count("InventoryDiffers: 3 nights") == 2


@pytest.mark.parametrize(
    ("role", "status"), [(StaffRole.MANAGER, 200), (StaffRole.FRONT_DESK, 403), (StaffRole.FINANCE, 403)]
)
def test_managers_may_and_others_may_not(role: str, status: int) -> None:
    client = staff_of(hotel(nights=1), role)

    assert [client.get(reverse(f"admin:{name}")).status_code for name in ("system", "runbook")] == [
        status
    ] * 2
    assert (f'href="{PAGE}"' in client.get("/admin/").text) == (status == 200)


def test_strangers_are_sent_to_the_log_in_and_nothing_can_be_posted(client: Client, operator: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert operator.post(PAGE).status_code == 405


def test_without_the_cache_server_the_page_comes_and_says_so(
    operator: Client, well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))

    page = operator.get(PAGE)

    assert page.status_code == 200
    assert "Start Valkey. Until then everything works, slower." in page.text
    assert "not known without the cache server" in page.text


# --- who was heard of -------------------------------------------------------------------------------------------------


def test_a_program_is_heard_of_until_it_falls_silent() -> None:
    Pulse(WORKER, ("email", "processing")).beat()

    told = {(one.program, one.queue): one for one in heartbeats() or ()}

    assert [key for key, one in told.items() if not one.is_silent] == [
        ("worker", "email"),
        ("worker", "processing"),
    ]
    assert told["worker", "scheduled"].age_seconds is None
    assert (told["beat", ""].is_silent, told["dispatcher", ""].is_silent) == (True, True)


def test_the_latest_of_several_machines_counts_and_old_ones_are_silent() -> None:
    from core.cache.client import cache_server
    from core.system import heartbeats as module

    redis = cache_server().redis
    now = redis.time()[0]
    told_at = {
        '["beat", "", "a:1"]': now - 91,
        '["dispatcher", "", "a:2"]': now - 500,
        '["dispatcher", "", "b:3"]': now - 5,
        '["beat", "", "z:9"]': now - 8 * 86_400,
    }
    redis.hset(module._key(), mapping=told_at)

    told = {one.program: one for one in heartbeats() or () if not one.queue}

    assert told["beat"].is_silent
    assert (told["dispatcher"].is_silent, told["dispatcher"].machine) == (False, "b:3")
    assert redis.hlen(module._key()) == 3


def test_who_stops_in_order_takes_the_heartbeat_back() -> None:
    pulse = Pulse(BEAT)
    pulse.beat()
    pulse.end()

    assert all(one.age_seconds is None for one in heartbeats() or ())


def test_only_the_programs_of_this_site_are_missed(settings: object) -> None:
    settings.PROGRAMS_EXPECTED = ["dispatcher"]  # type: ignore[attr-defined]
    Pulse(DISPATCHER).beat()

    states = {line.key: line.state for line in system_report().lines}

    assert [(one.program, one.is_silent) for one in heartbeats() or ()] == [("dispatcher", False)]
    assert (states["dispatcher"], states["beat"], states["worker-email"]) == (
        State.GREEN,
        State.GREY,
        State.GREY,
    )


# --- proofs -----------------------------------------------------------------------------------------------------------


def test_a_proof_says_when_and_what() -> None:
    name, now = "payments.ledger_check", timezone.now()
    hours = timedelta(hours=1)
    ScheduledJob.objects.update_or_create(
        pk=name, defaults={"last_succeeded_at": now - 2 * hours, "last_result": 41}
    )

    fine = job_finding(name, command="manage.py ledger_check", at=now)
    old = job_finding(name, command="manage.py ledger_check", at=now + 25 * hours)
    never = job_finding("payments.unknown", command="manage.py ledger_check", at=now)

    assert (fine.state, fine.figure) == (State.GREEN, "checked 2\xa0hours ago: 41 looked at, all exact")
    assert old.state is State.AMBER
    assert (never.state, never.advice) == (State.AMBER, "Check now: manage.py ledger_check")


def test_before_its_first_night_a_proof_is_not_late() -> None:
    name, evening = "payments.ledger_check", datetime(2026, 3, 3, 20, 0, tzinfo=UTC)
    ScheduledJob.objects.update_or_create(
        pk=name, defaults={"created_at": evening, "last_succeeded_at": None, "last_failed_at": None}
    )

    new = job_finding(name, command="manage.py ledger_check", at=evening)
    missed = job_finding(name, command="manage.py ledger_check", at=evening + timedelta(hours=7))

    assert (new.state, new.figure) == (State.GREY, "not yet, first run on 4 Mar 2026, 02:40 UTC")
    assert new.advice == "Check now: manage.py ledger_check"
    assert (missed.state, missed.figure) == (State.AMBER, "never checked")


def test_before_its_first_sunday_a_restore_drill_is_not_late(
    safe: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.system.looks import backups

    def drilled(oldest_at: datetime | None) -> Finding:
        state = replace(fine, oldest_at=oldest_at, last_drill=None, last_successful_drill=None)
        monkeypatch.setattr(backups, "backups_state", lambda: state)
        return backups.drill()

    fine, now = backups.backups_state(), timezone.now()

    assert [drilled(oldest).state for oldest in (None, now, now - timedelta(days=8))] == [
        State.GREY,
        State.GREY,
        State.AMBER,
    ]
    assert drilled(now).figure.startswith("not yet, first run on ")


def test_looking_at_the_whole_site_is_no_repetition_to_mend(operator: Client) -> None:
    with capture_logs() as logs:
        operator.get(PAGE)

    assert [entry for entry in logs if entry["event"] == "n_plus_one"] == []


def test_figures_of_what_is_outside_come_from_the_last_look(client: Client) -> None:
    found = {"certificates": {"a.example": {"expires": None, "problem": "expired"}}, "mail": False}
    ScheduledJob.objects.update_or_create(pk=LOOK_JOB, defaults={"last_result": found})

    lines = client.get("/metrics").text.splitlines()

    assert 'vacancy_certificate_expiry_timestamp_seconds{certificate="a.example"} 0.0' in lines
    assert 'vacancy_certificate_trusted{certificate="a.example"} 0.0' in lines
    assert "vacancy_mail_up 0.0" in lines


def test_the_backups_are_told_as_they_are(safe: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.backups.state import BackupProblem
    from core.system.looks import backups

    fine = backups.backups_state()
    assert (backups.backups().state, backups.backups().figure) == (
        State.GREEN,
        "17, the newest verified 3.2 hours old",
    )
    assert backups.drill().figure == "went well; a restore takes 42 s"
    old = BackupProblem("old", "The newest verified backup is 31 hours old.")
    failed = BackupProblem("drill_failed", "The last restore drill failed: no room")
    monkeypatch.setattr(backups, "backups_state", lambda: replace(fine, problems=(old, failed)))

    assert (backups.backups().state, backups.backups().figure) == (State.RED, old.text)
    assert (backups.drill().state, backups.drill().figure) == (State.RED, failed.text)


@pytest.mark.parametrize(
    ("archive", "state", "words"),
    [
        (LogArchive(is_on=False, last_at=None, failures=0, is_failing=False), State.GREY, "not set up"),
        (LogArchive(is_on=True, last_at=None, failures=0, is_failing=False), State.AMBER, "nothing yet"),
        (
            LogArchive(is_on=True, last_at=timezone.now(), failures=3, is_failing=True),
            State.RED,
            "failed, 3 in all",
        ),
        (LogArchive(is_on=True, last_at=timezone.now(), failures=3, is_failing=False), State.GREEN, "last "),
    ],
)
def test_the_archive_of_the_log_is_told(
    archive: LogArchive, state: State, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.system.looks import backups

    assert log_archive().failures >= 0  # the server's own words are understood
    monkeypatch.setattr(backups, "log_archive", lambda: archive)

    assert backups.log_archive_line().state is state
    assert words in backups.log_archive_line().figure
