"""Pages of spaces: a guest books, sees and cancels a time; staff decide on a request; strangers see nothing."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole
from bookings.models import SpaceBooking
from core.cache import read
from core.cache.client import cache_server
from inventory.models import Space
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.spaces import booked_space, slot, space_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(space: Space) -> Client:
    """Somebody at the front desk of the house."""
    client = Client()
    client.force_login(StaffFactory(property=space.property, role=StaffRole.FRONT_DESK))
    return client


def fields_of(page: Any) -> dict[str, str]:
    """The hidden inputs of a review, as the browser sends them back."""
    hidden = [tag for tag in re.findall(r"<input[^>]*>", page.content.decode()) if 'type="hidden"' in tag]
    found = {}
    for tag in hidden:
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = attributes.get("value", "")
    return found


def book(client: Client, space: Space, day: date, begins: str = "09:00", **more: Any) -> Any:
    """From the day's free times over the review to the booking, and give the last answer."""
    slug = space.property.slug
    chosen = client.get(reverse("bookings:space", args=[slug, space.slug]), {"day": day.isoformat()})
    assert slot(space, day, begins).start in [one.start for one in chosen.context["starts"]]
    address = reverse("bookings:space_new", args=[slug, space.slug])
    start = slot(space, day, begins).start.isoformat()
    assert client.get(address, {"start": start}).status_code == 200
    wish = {"start": start, "minutes": 60, "persons": 4, "name": "Ana Souza", "email": "ana@example.com"}
    review = client.post(address, wish | more)
    assert review.status_code == 200, review.context["form"].errors
    assert SpaceBooking.objects.filter(guest_name="Ana Souza").count() == 0
    return client.post(address, fields_of(review) | {"send": "1"})


def test_a_guest_books_a_time_sees_it_and_cancels_it(client, space, day):
    sent = book(client, space, day, purpose="Board meeting")
    booking = SpaceBooking.objects.get()
    address = reverse("bookings:space_booking", args=[booking.reference])
    assert (sent.status_code, sent.url) == (302, address)
    assert (booking.status, booking.total, booking.persons) == ("confirmed", 0, 4)
    assert (booking.purpose, booking.channel) == ("Board meeting", "web")

    page = client.get(address).content.decode()
    assert booking.reference in page
    assert "Board meeting" in page
    taken = client.get(
        reverse("bookings:space", args=[space.property.slug, space.slug]), {"day": day.isoformat()}
    )
    assert booking.start not in [one.start for one in taken.context["starts"]]

    cancel = reverse("bookings:space_cancel", args=[booking.reference])
    done = client.post(cancel, fields_of(client.get(cancel)) | {"reason": "Ill"})

    booking.refresh_from_db()
    assert (done.status_code, done.url) == (302, address)
    assert (booking.status, booking.cancellation_fee) == ("cancelled", 0)
    assert "Your booking is cancelled." in client.get(address).content.decode()


def test_the_button_pressed_twice_books_once(client, space, day):
    address = reverse("bookings:space_new", args=[space.property.slug, space.slug])
    wish = {
        "start": slot(space, day, "09:00").start.isoformat(),
        "minutes": 60,
        "persons": 1,
        "name": "Ana Souza",
        "email": "ana@example.com",
    }
    sending = fields_of(client.post(address, wish)) | {"send": "1"}

    first = client.post(address, sending)
    cache_server().redis.flushdb()  # as after the commit: nobody believes any more that the time is free
    read.local.clear()
    second = client.post(address, sending)

    booking = SpaceBooking.objects.get()
    assert first.url == reverse("bookings:space_booking", args=[booking.reference])
    assert second.status_code == 302, second.content.decode()[:2000]
    assert second.url == first.url
    others = client.post(address, sending | {"persons": "2"})
    assert others.status_code in (302, 409, 422)
    assert SpaceBooking.objects.count() == 1


def test_the_button_of_the_staff_pressed_twice_books_once(desk, space, day):
    start = slot(space, day, "09:00").start.isoformat()
    wish = {"house": space.property_id, "space": space.pk, "start": start, "minutes": 60, "persons": 1}
    address = reverse("admin:space_book")
    sending = fields_of(desk.post(address, wish | {"name": "Ana Souza"})) | {"send": "1"}

    first, second = desk.post(address, sending), desk.post(address, sending)

    page = reverse("admin:space_booking", args=[SpaceBooking.objects.get().reference])
    assert (first.url, second.url) == (page, page)


def test_who_is_too_late_is_told_and_nothing_is_booked(client, space, day):
    address = reverse("bookings:space_new", args=[space.property.slug, space.slug])
    start = slot(space, day, "09:00").start.isoformat()
    wish = {"start": start, "minutes": 120, "persons": 1, "name": "Ana Souza", "email": "ana@example.com"}
    sending = fields_of(client.post(address, wish)) | {"send": "1"}
    booked_space(space, day, "10:00", at=timezone.now())

    refused = client.post(address, sending)

    assert refused.status_code == 422
    assert SpaceBooking.objects.count() == 1


def test_what_is_paid_in_advance_leads_to_the_payment(client, day):
    space = space_open(name="Studio", slug="studio")

    sent = book(client, space, day)

    booking = SpaceBooking.objects.get()
    pay = reverse("bookings:space_pay", args=[booking.reference])
    assert (booking.status, sent.url) == ("held", pay)
    assert client.get(pay).status_code == 200


def test_nobody_else_opens_a_booking(space, day):
    booked = booked_space(space, day, "09:00", at=timezone.now(), user=UserFactory())
    reference = booked.booking.reference
    strangers = [Client(), Client(), Client()]
    strangers[1].force_login(UserFactory())
    strangers[2].force_login(StaffFactory(property=space_open().property))

    for stranger in strangers:
        for name in ("space_booking", "space_pay", "space_cancel", "space_change", "space_ical"):
            path = reverse(f"bookings:{name}", args=[reference])
            assert stranger.get(path).status_code == 404, name
        assert (
            stranger.get(reverse("bookings:space_booking", args=[reference]), {"token": "x" * 43}).status_code
            == 404
        )
        assert stranger.post(reverse("bookings:space_cancel", args=[reference])).status_code == 404
        assert stranger.post(reverse("bookings:space_check_in", args=[reference])).status_code == 404
    booked.booking.refresh_from_db()
    assert booked.booking.status == "confirmed"


def test_staff_approve_a_request_from_the_list_and_the_guest_sees_it(client, desk, space, day):
    space.needs_approval = True
    space.save()
    book(client, space, day)
    booking = SpaceBooking.objects.get()
    assert booking.status == "requested"
    page = desk.get(reverse("admin:spaces"))
    assert [one.reference for one in page.context["requests"]] == [booking.reference]

    back = reverse("admin:spaces")
    done = desk.post(reverse("admin:space_do", args=[booking.reference]), {"action": "approve", "back": back})

    booking.refresh_from_db()
    assert (done.status_code, done.url) == (302, back)
    assert booking.status == "approved"
    after = desk.get(back)
    assert after.context["requests"] == []
    assert "The request is approved, and the guest is told." in after.content.decode()
    guest = client.get(reverse("bookings:space_booking", args=[booking.reference]))
    assert guest.context["booking"].status == "approved"


def test_a_page_leads_on_in_its_own_house_though_another_one_was_opened_since(space):
    other = space_open(hourly_price=0, name="Red room", slug="red-room")
    client = Client()
    client.force_login(SuperuserFactory())
    opened = client.get(reverse("admin:spaces"), {"house": space.property_id}).content.decode()
    client.get(reverse("admin:spaces"), {"house": other.property_id})

    links = [unescape(link) for link in re.findall(r'href="([^"]*space=\d+[^"]*)"', opened)]

    assert links
    for link in links:
        page = client.get(link if link.startswith("/") else reverse("admin:spaces") + link)
        assert (page.status_code, page.context["property"]) == (200, space.property)


def test_staff_decline_with_a_reason_that_the_guest_reads(client, desk, space, day):
    space.needs_approval = True
    space.save()
    book(client, space, day)
    booking = SpaceBooking.objects.get()
    do = reverse("admin:space_do", args=[booking.reference])

    silent = desk.post(do, {"action": "decline", "back": "https://elsewhere.example/"})
    booking.refresh_from_db()
    assert silent.url == reverse("admin:space_booking", args=[booking.reference])
    assert booking.status == "requested"
    desk.post(do, {"action": "decline", "reason": "The floor is polished."})

    booking.refresh_from_db()
    assert booking.status == "declined"
    guest = client.get(reverse("bookings:space_booking", args=[booking.reference]))
    assert "The floor is polished." in guest.content.decode()


def test_staff_of_another_house_do_not_find_a_request(space, day):
    space.needs_approval = True
    space.save()
    booking = booked_space(space, day, "09:00", at=timezone.now()).booking
    elsewhere, guest = Client(), Client()
    elsewhere.force_login(StaffFactory(property=space_open().property))
    guest.force_login(UserFactory())
    page = reverse("admin:space_booking", args=[booking.reference])
    do = reverse("admin:space_do", args=[booking.reference])

    assert elsewhere.get(page).status_code == 404
    assert elsewhere.post(do, {"action": "approve"}).status_code == 404
    for nobody in (guest, Client()):
        assert nobody.post(do, {"action": "approve"}).status_code in (302, 403)
    booking.refresh_from_db()
    assert booking.status == "requested"


def test_the_page_of_a_space_shows_the_address_of_its_calendar(desk, space):
    change = reverse("admin:inventory_space_change", args=[space.pk])
    rotate = reverse("admin:inventory_space_feed", args=[space.pk])
    manager = Client()
    manager.force_login(StaffFactory(property=space.property))

    shown, offered = desk.get(change), manager.get(change)
    address = shown.context["calendar_feed_url"]
    assert address == offered.context["calendar_feed_url"]
    assert f'value="{address}"' in shown.content.decode()
    assert (rotate in shown.content.decode(), rotate in offered.content.decode()) == (False, True)
    path = address.partition("/space-calendars/")
    assert desk.post(rotate, {"is_understood": "on"}).status_code == 403

    assert manager.get(rotate).status_code == 200
    assert manager.post(rotate, {"is_understood": "on"}).url == change

    assert manager.get(change).context["calendar_feed_url"] != address
    assert Client().get("".join(path[1:])).status_code == 404
    accounts = Client()
    accounts.force_login(StaffFactory(property=space.property, role=StaffRole.FINANCE))
    assert address not in accounts.get(change).content.decode()


@pytest.mark.parametrize(
    "start", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_beginning_in_no_calendar_leads_back_to_the_free_times(space: Space, start: str) -> None:
    answer = Client().get(
        reverse("bookings:space_new", args=[space.property.slug, space.slug]), {"start": start}
    )
    assert answer["Location"] == reverse("bookings:space", args=[space.property.slug, space.slug])


@pytest.mark.parametrize(
    ("name", "value"), [("day", "0001-01-01"), ("day", "9999-12-31"), ("minutes", "9" * 20)]
)
def test_another_time_in_no_calendar_is_refused_at_its_field(
    space: Space, day: date, name: str, value: str
) -> None:
    client = Client()
    book(client, space, day)
    booking = SpaceBooking.objects.get()
    address = reverse("bookings:space_change", args=[booking.reference])
    form = client.get(address).context["form"].initial
    sent = {key: form[key] for key in ("version", "persons", "minutes")} | {"day": day, "begins": "10:00"}
    answer = client.post(address, sent | {name: value})
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
