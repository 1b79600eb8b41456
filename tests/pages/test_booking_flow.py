"""A guest's way through the pages without JavaScript, from the start page to the cancellation."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import booking_expire
from inventory.forms import stay_query
from inventory.types import Party
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)

GUEST = {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "", "country": "GB"}


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=30, rooms=2, price="100.00")


def field(content: bytes, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', content.decode())
    assert found, f"no field {name}"
    return found[1]


def start_url(house: Hotel, **more: str) -> str:
    query = stay_query(stay=house.stay(offset=5, nights=2), party=Party(adults=2))
    for name, value in more.items():
        query[name] = value
    return f"{reverse('bookings:start', args=[house.room_type.pk, house.plan.pk])}?{query.urlencode()}"


def hold(client: Client, house: Hotel) -> Booking:
    page = client.get(start_url(house))
    assert page.status_code == 200
    posted = {name: field(page.content, name) for name in ("expected_total", "key")}
    answer = client.post(start_url(house), posted)
    booking = Booking.objects.latest("pk")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("bookings:guest", args=[booking.reference])
    return booking


def pay(client: Client, booking: Booking, card: str = "success", option: str = "sandbox:total"):
    url = reverse("bookings:pay", args=[booking.reference])
    page = client.get(url)
    assert page.status_code == 200, page
    return client.post(url, {"option": option, "card": card, "key": field(page.content, "key")})


def test_from_search_to_cancellation(client: Client, house: Hotel) -> None:
    assert house.property.name in client.get("/").content.decode()
    query = stay_query(stay=house.stay(offset=5, nights=2), party=Party(adults=2)).urlencode()
    results = client.get(f"/search/?where={house.property.city}&{query}")
    assert results.status_code == 200
    assert "€200.00" in results.content.decode()
    page = client.get(f"/hotels/{house.property.slug}/?{query}")
    assert reverse("bookings:start", args=[house.room_type.pk, house.plan.pk]) in page.content.decode()

    booking = hold(client, house)
    guest_url = reverse("bookings:guest", args=[booking.reference])
    assert client.get(guest_url).status_code == 200
    assert client.post(guest_url, GUEST)["Location"] == reverse("bookings:pay", args=[booking.reference])
    detail_url = reverse("bookings:detail", args=[booking.reference])
    assert pay(client, booking)["Location"] == detail_url
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    detail = client.get(detail_url).content.decode()
    assert booking.reference in detail
    assert client.get(f"{detail_url}calendar.ics").content.startswith(b"BEGIN:VCALENDAR")

    cancel_url = reverse("bookings:cancel", args=[booking.reference])
    question = client.get(cancel_url)
    assert (
        client.post(cancel_url, {"expected_fee": field(question.content, "expected_fee")}).status_code == 302
    )
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert inventory_differences() == []


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_cancelling_does_not_depend_on_how_a_language_writes_numbers(
    client: Client, house: Hotel, language: str
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    booking = hold(client, house)
    client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
    pay(client, booking)
    cancel_url = reverse("bookings:cancel", args=[booking.reference])
    fee = field(client.get(cancel_url).content, "expected_fee")
    assert client.post(cancel_url, {"expected_fee": fee}).status_code == 302
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_a_tampered_price_is_shown_as_changed_and_books_nothing(client: Client, house: Hotel) -> None:
    page = client.get(start_url(house))
    answer = client.post(start_url(house), {"expected_total": "1.00", "key": field(page.content, "key")})
    assert answer.status_code == 409
    assert Decimal(field(answer.content, "expected_total")) == Decimal("200.00")
    assert not Booking.objects.exists()


def test_another_session_does_not_see_the_booking(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    stranger = Client()
    for name in ("detail", "guest", "pay", "cancel", "ical", "status", "return"):
        assert stranger.get(reverse(f"bookings:{name}", args=[booking.reference])).status_code == 404, name
    assert stranger.post(reverse("bookings:guest", args=[booking.reference]), GUEST).status_code == 404
    booking.refresh_from_db()
    assert booking.guest_name == ""


@pytest.mark.parametrize("card", ["decline", "confirm", "late", "timeout"])
def test_every_kind_of_card_leads_to_a_page(client: Client, house: Hotel, card: str) -> None:
    booking = hold(client, house)
    client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
    answer = pay(client, booking, card=card)
    if card == "decline":
        assert answer.status_code == 422
        assert "declined" in answer.content.decode()
    elif card == "confirm":
        assert answer["Location"].startswith("/dev/bank/") or "/dev/bank/" in answer["Location"]
        bank = client.get(answer["Location"])
        assert bank.status_code == 200
        back = client.post(answer["Location"], {"answer": "approve"})
        client.get(back["Location"])
        booking.refresh_from_db()
        assert booking.status == "confirmed"
    else:
        page = client.get(answer["Location"])
        assert page.status_code == 200
        assert 'id="waiting"' in page.content.decode()
        assert client.get(reverse("bookings:status", args=[booking.reference])).status_code in (200, 286)


def test_money_that_came_too_late_is_told_on_the_page(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
    bank = pay(client, booking, card="confirm")["Location"]
    Booking.objects.update(hold_expires_at=timezone.now() - timedelta(seconds=1))
    booking_expire(booking_id=booking.pk)
    for _room in range(2):
        held(house, stay=house.stay(offset=5, nights=2))
    back = client.post(bank, {"answer": "approve"})
    page = client.get(back["Location"], follow=True)
    assert page.status_code == 410
    assert "Nothing was charged" not in page.content.decode()
    assert "We send €200.00 back the way you paid." in page.content.decode()
    guest = client.get(reverse("bookings:guest", args=[booking.reference]))
    assert "Nothing was charged" not in guest.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "arrival=2031-01-01&departure=2031-01-02&adults=2",
        "arrival=2001-01-01&departure=2001-01-02&adults=2",
        "arrival=2026-13-01&departure=2001-01-02&adults=2",
        "arrival=x&departure=y&adults=z&children=q&age=%00",
        "arrival=2027-01-05&departure=2027-01-01&adults=2",
        "arrival=2027-01-05&departure=2027-01-08&adults=0",
        "arrival=2027-01-05&departure=2027-01-08&adults=2&children=2&age=5",
        "arrival=2027-01-05&departure=2027-12-08&adults=2",
        "arrival=2027-01-05&departure=2027-01-08&adults=2&children=1&age=" + "9" * 5_000,
        "adults=2",
    ],
)
def test_bad_dates_and_parties_are_told_on_the_page(client: Client, house: Hotel, query: str) -> None:
    assert client.get(f"/search/?{query}").status_code == 422
    assert client.get(f"/hotels/{house.property.slug}/?arrival=&{query}").status_code == 422


@pytest.mark.parametrize("month", ["", "2026-13", "9999-01", "0001-01", "x"])
def test_any_month_of_the_calendar_has_a_page(client: Client, house: Hotel, month: str) -> None:
    assert client.get(f"/hotels/{house.property.slug}/calendar/?month={month}").status_code == 200


def test_look_up_by_reference_and_address(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
    stranger = Client()
    wrong = stranger.post("/find-booking/", {"reference": booking.reference, "email": "eve@example.com"})
    assert wrong.status_code == 422
    right = stranger.post(
        "/find-booking/", {"reference": booking.reference.lower(), "email": "ADA@example.com"}
    )
    assert right["Location"] == reverse("bookings:detail", args=[booking.reference])
    assert stranger.get(right["Location"]).status_code == 200


@pytest.mark.parametrize("path", ["waitlist/", "alerts/new/", "calendar/", "spaces/"])
def test_a_number_without_end_has_a_page(client: Client, house: Hotel, path: str) -> None:
    query = stay_query(stay=house.stay(offset=5, nights=2), party=Party(adults=2))
    query["age"] = query["room_type"] = "9" * 5_000
    answer = client.get(f"/hotels/{house.property.slug}/{path}?{query.urlencode()}")
    assert answer.status_code in (200, 404)
