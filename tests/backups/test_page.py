"""The page of the administration: green or red, what there is, what is next, and having one made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole
from core.backups import overview
from core.backups.catalog import Backup, Checked, Level, check_record
from core.backups.drills import DrillRecord, drill_record
from core.backups.scheduling import DRILL
from core.models import BackupRun, Effect
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import SuperuserFactory
from tests.factories.inventory import hotel

from .conftest import MADE_AT, Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PAGE = reverse("admin:backups")


@pytest.fixture
def operator(transactional_db: None) -> Client:
    return logged_in(SuperuserFactory.create())


def test_red_with_no_backup_at_all(operator: Client, roots: Roots) -> None:
    text = operator.get(PAGE).text

    assert "There is no backup of the database." in text
    assert "system-sum--red" in text
    assert "Rehearse a restore now" not in text


def test_green_with_backup_drill_and_times(
    backup: Backup, operator: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.BACKUP_DESTINATION = "s3://bucket/folder?endpoint=https://secret.example"
    check_record(backup, Level.RESTORE, Checked(MADE_AT.isoformat(), 31.4))
    drill_record(DrillRecord(backup.name, MADE_AT.isoformat(), 31.4, {"restore": 12.3, "booking": 1.1}))
    now = MADE_AT + timedelta(hours=1)
    monkeypatch.setattr(overview, "backups_state", lambda at: state(at=now))
    BackupRun.objects.create(action="create", name=backup.name, outcome="done", seconds=4.5, finished_at=now)

    text = operator.get(PAGE).text

    assert "All is well" in text
    assert "system-sum--green" in text
    assert backup.name in text
    assert "31.4 s" in text
    assert "make a booking" in text
    assert "s3://bucket/folder" in text
    assert "secret.example" not in text
    assert "restored" in text


def test_damage_is_shown(backup: Backup, operator: Client) -> None:
    check_record(backup, Level.HASH, Checked(MADE_AT.isoformat(), 1, "media.tar is not as it was written"))
    assert "media.tar is not as it was written" in operator.get(PAGE).text


def test_next_times_in_their_order(roots: Roots, settings: Any) -> None:
    sunday = datetime(2025, 6, 1, 0, 30, tzinfo=UTC)  # and the first of a month

    coming = overview.backups_overview(at=sunday).coming

    assert [f"{one.at:%d %H:%M}" for one in coming] == ["01 02:00", "01 03:00", "01 04:00", "01 05:00"]
    settings.BACKUP_SCHEDULED = False
    assert overview.backups_overview(at=sunday).coming == []


def test_asking_for_a_backup_and_a_drill(backup: Backup, operator: Client) -> None:
    assert operator.post(PAGE, {"backup": "1"}).status_code == 302
    operator.post(PAGE, {"drill": "1"})

    kinds = list(Effect.objects.order_by("pk").values_list("kind", "payload"))
    assert kinds[0] == ("core.backup", {"kind": "manual"})
    assert kinds[-1] == ("core.scheduled_job", {"job": DRILL})


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.FRONT_DESK])
def test_others_do_not_see_it(role: StaffRole, transactional_db: None, roots: Roots) -> None:
    client = staff_of(hotel().property, role)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"backup": "1"}).status_code == 403
    assert not Effect.objects.filter(kind="core.backup").exists()


def state(*, at: datetime) -> Any:
    from core.backups.state import backups_state

    return backups_state(at=at)


def test_page_needs_one_query_of_its_own(
    backup: Backup, roots: Roots, django_assert_num_queries: Any
) -> None:
    for _ in range(20):
        BackupRun.objects.create(action="create", started_at=timezone.now())
    with django_assert_num_queries(1):
        assert len(overview.backups_overview().runs) == overview.RUNS_SHOWN
