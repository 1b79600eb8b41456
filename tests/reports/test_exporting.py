"""Exports: asked for, written in the background, fetched by whoever asked, and deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import StaffRole, User
from bookings.models import Booking
from core.exceptions import DomainError, NotFound, PermissionDenied
from core.private_files import private_storage
from notifications.models import Channel, Notification
from reports.exceptions import TooManyExports
from reports.exporting import ExportSource, export_sources
from reports.models import Export, ExportState
from reports.services import writing
from reports.services.exporting import export_cancel, export_request, exports_delete_old
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.inventory import Hotel, hotel
from tests.outbox import run_effects

from .world import booked

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(house: Hotel) -> User:
    user: User = StaffFactory.create(property=house.property, role=StaffRole.MANAGER, full_name="Marta")
    return user


def written(user: User, **asked: Any) -> Export:
    export = export_request(**{"kind": "bookings", "query": "", "file_format": "csv", **asked}, actor=user)
    run_effects(["reports.export_write"])
    export.refresh_from_db()
    return export


def content(export: Export) -> str:
    with private_storage().open(export.file) as file:
        return str(file.read().decode("utf-8-sig"))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_file_has_what_the_list_shows_and_nobody_elses(house: Hotel, manager: User) -> None:
    kept = booked(house, 0, 2, guest_name="=cmd()")
    booked(house, 1, 2, status="cancelled", cancelled=0)
    booked(hotel(), 0, 2)

    export = written(manager, query="status__exact=confirmed")

    assert (export.state, export.rows_done, export.rows_total) == (ExportState.DONE, 1, 1)
    head, line, end = content(export).split("\r\n")
    assert head.startswith('"Reference","Property","Status"')
    assert line.startswith(f'"{kept.reference}","{house.property.name}","confirmed"')
    assert '"\'=cmd()"' in line
    assert end == ""
    assert export.property_ids == [house.property.pk]
    told = Notification.objects.filter(user=manager)
    assert {note.channel for note in told} == {Channel.EMAIL, Channel.INBOX}
    assert told[0].context["action_url"].endswith(f"/admin/reports/exports/{export.uid}/")


def test_workbooks_and_folio_entries(house: Hotel, manager: User) -> None:
    booked(house, 0, 2)
    export = written(manager, file_format="xlsx")
    rows = CalamineWorkbook.from_path(private_storage().path(export.file)).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[0][0], rows[1][18]) == (2, "Reference", 200.0)

    assert written(manager, kind="folio-entries", query="from=2031-01-01&to=2031-12-31").rows_done == 0
    assert written(manager, kind="payments").state == ExportState.DONE
    assert written(manager, kind="guests").state == ExportState.DONE


def test_every_list_can_be_written_and_says_so(house: Hotel, manager: User) -> None:
    booked(house, 0, 2)
    client = browser(manager)
    for kind, source in export_sources().items():
        export = written(manager, kind=kind)
        assert export.state == ExportState.DONE, (kind, export.error)
        Export.objects.all().delete()
        if source.is_list:
            page = client.get(reverse(f"admin:{source.model.replace('.', '_')}_changelist") + "?q=x")
            assert f"kind={kind}&amp;list=q%3Dx" in page.content.decode(), kind
    assert "kind=audit&amp;list=field%3Dstatus" in client.get("/admin/audit/?field=status").content.decode()
    assert f"list=house%3D{house.property.pk}" in client.get("/admin/spaces/").content.decode()

    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    assert "export" not in browser(desk).get(reverse("admin:payments_folio_changelist")).content.decode()


def test_the_log_is_exported_as_it_is_searched(house: Hotel, manager: User) -> None:
    booked(house, 0, 2)
    booked(hotel(), 0, 2)
    boss = SuperuserFactory.create()

    lines = content(written(manager, kind="audit", query="model=bookings.booking")).split("\r\n")[1:-1]
    assert len(lines) == 1
    assert (
        f'"bookings.booking","{Booking.objects.get(property=house.property).pk}","{house.property.name}"'
        in lines[0]
    )
    everything = written(boss, kind="audit", query="model=bookings.booking")
    ours = written(boss, kind="audit", query=f"model=bookings.booking&house={house.property.pk}")
    assert (everything.rows_done, ours.rows_done) == (2, 1)
    assert written(manager, kind="audit", query=f"house={hotel().property.pk}").rows_done > 1


def test_only_who_asked_fetches_it_and_only_while_they_may(house: Hotel, manager: User) -> None:
    export = written(manager)
    address = reverse("admin:export-file", args=[export.uid])
    finance = StaffFactory.create(property=house.property, role=StaffRole.FINANCE)

    answer = browser(manager).get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="bookings_')
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")  # type: ignore[attr-defined]
    assert browser(finance).get(address).status_code == 404
    manager.staff_roles.update(role=StaffRole.FRONT_DESK)
    assert browser(manager).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_front_desk_and_strangers_export_nothing(house: Hotel) -> None:
    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)

    with pytest.raises(PermissionDenied):
        export_request(kind="bookings", query="", file_format="csv", actor=desk)
    with pytest.raises(NotFound):
        export_request(kind="nothing", query="", file_format="csv", actor=desk)
    assert browser(desk).post(reverse("admin:export-new"), {"kind": "bookings"}).status_code == 404
    assert not Export.objects.exists()


def test_one_person_has_five_waiting_at_most(manager: User) -> None:
    for _number in range(5):
        export_request(kind="bookings", query="", file_format="csv", actor=manager)

    with pytest.raises(TooManyExports):
        export_request(kind="bookings", query="", file_format="csv", actor=manager)
    assert Export.objects.count() == 5


def test_a_killed_worker_begins_again_and_a_second_one_changes_nothing(
    house: Hotel, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(house, 0, 2)
    export = export_request(kind="bookings", query="", file_format="csv", actor=manager)
    lines = ExportSource.lines

    def broken(self: ExportSource, rows: Any) -> Any:
        yield from lines(self, rows)
        raise RuntimeError("killed")

    monkeypatch.setattr(ExportSource, "lines", broken)
    run_effects(["reports.export_write"])
    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.RUNNING, "")

    monkeypatch.setattr(ExportSource, "lines", lines)
    run_effects(["reports.export_write"], at=timezone.now() + timedelta(minutes=5))
    export.refresh_from_db()
    assert (export.state, export.rows_done) == (ExportState.DONE, 1)
    done = export.file
    assert not writing.export_write(export_id=export.pk, run=None, is_last=False)  # type: ignore[arg-type]
    export.refresh_from_db()
    assert export.file == done
    assert Notification.objects.filter(user=manager, channel=Channel.EMAIL).count() == 1


def test_cancelled_while_it_is_written_leaves_no_file(
    house: Hotel, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(house, 0, 2)
    export = export_request(kind="bookings", query="", file_format="csv", actor=manager)
    lines = ExportSource.lines

    def cancelling(self: ExportSource, rows: Any) -> Any:
        yield from lines(self, rows)
        export_cancel(uid=export.uid, actor=manager)

    monkeypatch.setattr(ExportSource, "lines", cancelling)
    run_effects(["reports.export_write"])

    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.CANCELLED, "")
    assert not private_storage().exists(f"exports/{export.uid}.csv")
    assert not Notification.objects.filter(user=manager).exists()


def test_what_cannot_be_written_fails_in_words(manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: ExportSource, rows: Any) -> Any:
        raise DomainError("Too much.")
        yield

    monkeypatch.setattr(ExportSource, "lines", refused)

    export = written(manager)

    assert (export.state, export.error) == (ExportState.FAILED, "Too much.")
    page = browser(manager).get(reverse("admin:export", args=[export.uid]))
    assert "Too much." in page.content.decode()


def test_files_are_deleted_when_their_time_is_over(manager: User) -> None:
    export = written(manager)

    assert exports_delete_old(at=timezone.now() + timedelta(days=6)) == 0
    assert exports_delete_old(at=timezone.now() + timedelta(days=8)) == 1

    assert not private_storage().exists(export.file)
    export.refresh_from_db()
    assert (export.state, export.file) == (ExportState.EXPIRED, "")


def test_pages_ask_show_progress_and_cancel(house: Hotel, manager: User) -> None:
    client = browser(manager)
    listed = client.get(reverse("admin:bookings_booking_changelist") + "?status__exact=confirmed")
    asked = f"{reverse('admin:export-new')}?kind=bookings&amp;list=status__exact%3Dconfirmed"
    assert asked in listed.content.decode()

    answer = client.post(
        reverse("admin:export-new"),
        {"kind": "bookings", "list": "status__exact=confirmed", "file_format": "csv"},
    )
    export = Export.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:export", args=[export.uid]))
    page = client.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in page
    part = client.get(reverse("admin:export-progress", args=[export.uid])).content.decode()
    assert (part.strip()[:9], 'hx-trigger="every 1s"' in part, "<html" in part) == ("<section ", True, False)

    client.post(reverse("admin:export-cancel", args=[export.uid]))
    export.refresh_from_db()
    assert export.state == ExportState.CANCELLED
    assert "hx-trigger" not in client.get(answer["Location"]).content.decode().split('id="export-state"')[1]
    refused = client.post(reverse("admin:export-new"), {"kind": "bookings", "file_format": "doc"})
    assert refused.status_code == 422
