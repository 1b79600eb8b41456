"""Changing a stay on the guest's page, on the staff's, and by API: choose, see, confirm or pay."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import StaffRole
from bookings.access import access_token_of
from bookings.models import Booking, BookingChange
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel

from .acts import change, everything_adds_up, read

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
V1 = "/api/v1/bookings/"


def hidden(content: bytes) -> dict[str, list[str]]:
    """The fields of the form that confirms."""
    form = next(
        part for part in content.decode().split("<form") if 'name="expected_total"' in part.split("</form")[0]
    ).split("</form")[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            fields.setdefault(name[1], []).append(value[1] if value else "")
    return fields


def guest_of(booking: Booking) -> Client:
    client = Client()
    client.get(reverse("bookings:detail", args=[booking.reference]) + f"?token={access_token_of(booking)}")
    return client


def test_a_guest_sees_old_and_new_then_pays(house: Hotel) -> None:
    booking = confirmed(house)
    client = guest_of(booking)
    url = reverse("bookings:change", args=[booking.reference])
    assert url in client.get(reverse("bookings:detail", args=[booking.reference])).content.decode()

    asked = client.get(url, {"departure": (booking.departure + DAY).isoformat()})
    text = asked.content.decode()
    answer = client.post(url, hidden(asked.content))

    assert asked.status_code == 200
    assert "€300.00" in text
    assert "Go on to pay €100.00" in re.sub(r"\s+", " ", text)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("bookings:pay", args=[booking.reference])
    waiting = client.get(reverse("bookings:detail", args=[booking.reference])).content.decode()
    assert "Your change waits for its payment" in waiting
    pay_page = client.get(answer["Location"])
    assert "Pay the change now" in pay_page.content.decode()
    paid = client.post(
        answer["Location"],
        {"option": "sandbox:change", "card": "success", "key": uuid4().hex, "flow": "hosted"},
    )
    assert paid.status_code == 302
    assert (read(booking).total, read(booking).pending_change_id) == (300, None)
    assert "€300.00" in client.get(reverse("bookings:detail", args=[booking.reference])).content.decode()
    everything_adds_up()


def test_a_guest_gets_money_back_at_once_and_changes_their_mind(house: Hotel) -> None:
    booking = confirmed(house, stay=house.stay(0, 3))
    client = guest_of(booking)
    url = reverse("bookings:change", args=[booking.reference])

    shorter = client.get(url, {"departure": (booking.departure - DAY).isoformat()})
    done = client.post(url, hidden(shorter.content))
    again = client.post(url, hidden(shorter.content))
    longer = client.get(url, {"departure": (booking.departure + DAY).isoformat()})
    client.post(url, hidden(longer.content))
    client.post(url, {"withdraw": "1"})

    assert done["Location"] == reverse("bookings:detail", args=[booking.reference])
    assert again["Location"] == done["Location"]  # a second click of the same page
    assert (read(booking).total, read(booking).pending_change_id) == (200, None)
    assert list(BookingChange.objects.order_by("pk").values_list("status", flat=True)) == ["done", "refused"]
    everything_adds_up()


def test_a_guest_is_told_what_does_not_work(house: Hotel) -> None:
    booking = confirmed(house)
    client = guest_of(booking)
    url = reverse("bookings:change", args=[booking.reference])
    asked = client.get(url, {"departure": (booking.departure + DAY).isoformat()})
    posted = hidden(asked.content)

    change(booking, departure=booking.departure + DAY)  # in another window
    stale = client.post(url, posted)
    wrong = client.get(url, {"departure": booking.arrival.isoformat()})
    sold_out = client.get(
        url, {"departure": (booking.departure + DAY).isoformat(), "rooms": "2", "adults": "4"}
    )
    other = Client().get(url)

    assert (stale.status_code, wrong.status_code, other.status_code) == (409, 422, 404)
    assert "Somebody else has changed this since you opened it" in stale.content.decode()
    assert sold_out.status_code == 200
    assert read(booking).total == 200


def staff_url(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change_stay", args=[booking.pk])


def test_staff_change_a_stay_with_a_price_of_their_own(house: Hotel) -> None:
    booking = confirmed(house)
    client = Client()
    client.force_login(StaffFactory(property=house.property, role=StaffRole.FRONT_DESK))
    asked = {
        "departure": (booking.departure + DAY).isoformat(),
        "nightly_override": "92",
        "override_reason": "Noise",
    }

    shown = client.get(staff_url(booking), asked)
    too_low = client.get(staff_url(booking), asked | {"nightly_override": "50"})
    done = client.post(staff_url(booking) + "?next=/admin/", hidden(shown.content))

    assert "€276.00" in shown.content.decode()
    assert "Please ask a manager" in too_low.content.decode()
    assert (done.status_code, done["Location"]) == (302, "/admin/")
    made = BookingChange.objects.get()
    assert (read(booking).total, made.override_price, made.reason) == (276, 92, "Noise")
    page = client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()
    assert "Changes of the stay" in page
    assert "Noise" in page
    everything_adds_up()


@pytest.mark.parametrize(("role", "status"), [(StaffRole.FINANCE, 403), (None, 404)])
def test_others_change_no_stay(house: Hotel, role: str | None, status: int) -> None:
    booking = confirmed(house)
    client = Client()
    workplace = house if role else hotel()
    client.force_login(StaffFactory(property=workplace.property, role=role or StaffRole.MANAGER))

    assert client.get(staff_url(booking)).status_code == status
    assert client.post(staff_url(booking), {}).status_code == status
    assert read(booking).version == booking.version


def post(path: str, body: dict[str, object], booking: Booking, **headers: str):
    return APIClient().post(
        f"{V1}{booking.reference}/{path}",
        body,
        format="json",
        headers={"X-Booking-Token": access_token_of(booking), "Idempotency-Key": uuid4().hex} | headers,
    )


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_programs_preview_change_and_read_the_history(house: Hotel) -> None:
    booking = confirmed(house, stay=house.stay(0, 3))
    shorter = {"departure": (booking.departure - DAY).isoformat()}
    longer = {"departure": (booking.departure + DAY).isoformat()}

    preview = post("change/preview/", shorter, booking).json()
    agreed = shorter | {"expected_total": preview["after_total"], "expected_fee": preview["fee"]}
    stale = post("change/", agreed, booking, **{"If-Match": '"0"'})
    dearer = post("change/", agreed | {"expected_total": euros("1.00")}, booking)
    done = post("change/", agreed, booking, **{"If-Match": f'"{preview["version"]}"'})
    waits = post("change/", longer | {"expected_total": euros("400.00")}, booking)
    history = APIClient().get(
        f"{V1}{booking.reference}/changes/", headers={"X-Booking-Token": access_token_of(booking)}
    )

    assert (preview["is_possible"], preview["difference"], preview["refund"]) == (
        True,
        euros("-100.00"),
        euros("100.00"),
    )
    assert preview["nights"][2] == {
        "date": (booking.departure - DAY).isoformat(),
        "before": euros("100.00"),
        "after": None,
    }
    assert (stale.status_code, stale.json()["code"]) == (409, "version_conflict")
    assert (dearer.status_code, dearer.json()["code"]) == (409, "quote_changed")
    assert (done.status_code, done.json()["total"]) == (200, euros("200.00"))
    assert (waits.status_code, waits.json()["total"]) == (202, euros("200.00"))
    assert [(option["purpose"], option["amount"]) for option in waits.json()["payment_options"]] == [
        ("change", euros("200.00"))
    ]
    assert [entry["status"] for entry in history.json()["results"]] == ["pending", "done"]
    everything_adds_up()


def test_programs_cannot_do_what_is_for_staff(house: Hotel) -> None:
    booking = confirmed(house)
    cheap = {
        "departure": (booking.departure + DAY).isoformat(),
        "nightly_override": euros("1.00"),
        "override_reason": "Please",
        "expected_total": euros("3.00"),
    }

    refused = post("change/", cheap, booking)
    stranger = APIClient().post(f"{V1}{booking.reference}/change/preview/", {}, format="json")

    assert (refused.status_code, stranger.status_code) == (403, 404)
    assert read(booking).total == Decimal(200)
