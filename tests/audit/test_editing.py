"""Two people who edit one thing: the second sees what changed and overwrites nothing."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.models import StaffRole
from bookings.models import Booking
from core.editing.values import opened_read, opened_write
from inventory.models import CancellationPolicy, CancellationTier, Property, RoomInventory, RoomType
from tests.admin.conftest import logged_in
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import CancellationPolicyFactory, Hotel, RoomTypeFactory, hotel


def page_values(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back of a form as it is shown."""
    answer = client.get(url)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    forms = [form]
    for inline in answer.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values: dict[str, Any] = {"_opened": answer.context["opened"]}
    for one in forms:
        for bound in one:
            html = str(bound)
            for name, value in re.findall(
                r'<(?:input|textarea)[^>]*?name="([^"]+)"(?:[^>]*?value="([^"]*)")?', html
            ):
                if 'type="checkbox"' in html and "checked" not in html:
                    continue
                values[name] = value or ("on" if 'type="checkbox"' in html else "")
            text = re.search(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL)
            if text:
                values[text[1]] = text[2]
            if "<select" in html:
                chosen = re.findall(r'<option value="([^"]*)" selected', html)
                values[bound.html_name] = chosen if "multiple" in html else "".join(chosen)
    return values


@pytest.fixture
def house(db: Any) -> Hotel:
    return hotel(nights=3, gateways=["sandbox"])


@pytest.fixture
def two(house: Hotel) -> tuple[Client, Client]:
    """Two managers in their browsers."""
    people = [
        StaffFactory.create(property=house.property, role=StaffRole.MANAGER, full_name=name)
        for name in ("Ada Front", "Ben Back")
    ]
    return logged_in(people[0]), logged_in(people[1])


def shown(answer: Any) -> list[tuple[str, str, str, str, str]]:
    return [(row.label, row.was, row.theirs, row.yours, row.by) for row in answer.context["differences"]]


@pytest.mark.django_db
def test_the_second_sees_what_changed_and_may_then_save(two, house):
    ada, ben = two
    room_type = RoomTypeFactory.create(property=house.property, name="Double", max_children=1)
    url = f"/admin/inventory/roomtype/{room_type.pk}/change/"
    first, second = page_values(ada, url), page_values(ben, url)
    assert ada.post(url, first | {"name": "Double with balcony", "max_children": "2"}).status_code == 302

    refused = ben.post(url, second | {"name": "Twin", "beds": "two beds"})
    assert refused.status_code == 409
    assert [row[1:] for row in shown(refused)] == [
        ("Double", "Double with balcony", "Twin", "Ada Front"),
        ("1", "2", "", "Ada Front"),
    ]
    room_type.refresh_from_db()
    assert (room_type.name, room_type.max_children, room_type.beds != "two beds") == (
        "Double with balcony",
        2,
        True,
    )

    form = refused.context["adminform"].form
    assert (form["name"].value(), form["max_children"].value(), form["beds"].value()) == (
        "Twin",
        "2",
        "two beds",
    )
    again = second | {
        "name": "Twin",
        "beds": "two beds",
        "max_children": "2",
        "_opened": refused.context["opened"],
    }
    assert ben.post(url, again).status_code == 302
    room_type.refresh_from_db()
    assert (room_type.name, room_type.max_children, room_type.beds) == ("Twin", 2, "two beds")


@pytest.mark.django_db
def test_what_bulk_updates_and_raw_writes_change_counts_too(two, house):
    _ada, ben = two
    url = f"/admin/inventory/property/{house.property.pk}/change/"
    second = page_values(ben, url)
    Property.objects.filter(pk=house.property.pk).update(is_published=not house.property.is_published)
    refused = ben.post(url, second)
    assert refused.status_code == 409
    assert [row[1:4] for row in shown(refused)] == [("yes", "no", "")]
    assert "is_published" not in refused.wsgi_request.POST


@pytest.mark.django_db
def test_rows_below_count_too(two, house):
    ada, ben = two
    policy = CancellationPolicyFactory.create(property=house.property)
    tier = CancellationTier.objects.create(
        policy=policy, hours_before=48, penalty_kind="percent", penalty_value=50
    )
    url = f"/admin/inventory/cancellationpolicy/{policy.pk}/change/"
    first, second = page_values(ada, url), page_values(ben, url)
    assert ada.post(url, first | {"tiers-0-hours_before": "72"}).status_code == 302
    refused = ben.post(url, second | {"name": "Other"})
    assert refused.status_code == 409
    assert [row[1:] for row in shown(refused)] == [("48", "72", "", "Ada Front")]
    assert CancellationPolicy.objects.get(pk=policy.pk).name == policy.name
    tier.delete()
    gone = ben.post(url, second | {"name": "Other"})
    assert [row[2] for row in shown(gone)] == ["deleted"]


@pytest.mark.django_db
def test_services_look_again_under_their_own_lock(two, house, monkeypatch):
    _ada, ben = two
    night = RoomInventory.objects.filter(room_type=house.room_type).earliest("date")
    url = f"/admin/inventory/roominventory/{night.pk}/change/"
    second = page_values(ben, url)
    looked = []

    def late(self: Any, request: Any, object_id: str) -> None:
        """Somebody else commits between the first look and the service's lock."""
        request.opened_values = opened_read(request.POST["_opened"], f"inventory.roominventory:{object_id}")
        request.opened_row = night
        if not looked:
            RoomInventory.objects.filter(pk=night.pk).update(total=7)
        looked.append(object_id)

    monkeypatch.setattr("core.editing.admin.EditingAdmin.edit_conflict", late)
    refused = ben.post(url, second | {"total": "9"})
    assert refused.status_code == 409
    night.refresh_from_db()
    assert night.total == 7


@pytest.mark.django_db
def test_of_a_booking_guest_and_notes_are_saved_together_and_nobody_is_overwritten(two, house):
    ada, ben = two
    booking = confirmed(house)
    url = f"/admin/bookings/booking/{booking.pk}/change/"
    first, second = page_values(ada, url), page_values(ben, url)
    assert ada.post(url, first | {"guest_name": "Grace Hopper", "staff_notes": "Late"}).status_code == 302
    refused = ben.post(url, second | {"staff_notes": "Quiet room"})
    assert refused.status_code == 409
    assert {row[2] for row in shown(refused)} == {"Grace Hopper", "Late"}
    assert Booking.objects.get(pk=booking.pk).staff_notes == "Late"


@pytest.mark.django_db
def test_a_forged_or_foreign_token_is_refused(two, house):
    ada, _ben = two
    room_type = RoomTypeFactory.create(property=house.property)
    url = f"/admin/inventory/roomtype/{room_type.pk}/change/"
    values = page_values(ada, url)
    for token in ("forged", opened_write({"": {}}, "inventory.roomtype:0")):
        assert ada.post(url, values | {"_opened": token}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins():
    house = hotel(nights=1)
    room_type = RoomTypeFactory.create(property=house.property, name="Double")
    url = f"/admin/inventory/roomtype/{room_type.pk}/change/"
    clients = [logged_in(SuperuserFactory.create()) for _ in range(2)]
    forms = [page_values(client, url) | {"name": f"Name {n}"} for n, client in enumerate(clients)]
    barrier, statuses = threading.Barrier(2), {}

    def save(number: int) -> None:
        try:
            barrier.wait(60)
            statuses[number] = clients[number].post(url, forms[number]).status_code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses.values()) == [302, 409]
    winner = next(number for number, status in statuses.items() if status == 302)
    assert RoomType.objects.get(pk=room_type.pk).name == f"Name {winner}"
