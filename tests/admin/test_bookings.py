"""What staff do with bookings: each operation, who may, and what happens when it is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import Booking
from inventory.models import RoomInventory
from notifications.models import Notification
from payments.models import FolioEntry, Payment, Refund
from tests.admin.conftest import staff_of
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)

DESK = reverse("admin:bookings_booking_desk")


def page(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


def operation(booking: Booking, name: str) -> str:
    return reverse("admin:bookings_booking_operation", args=[booking.pk, name])


def cancel(booking: Booking) -> str:
    return reverse("admin:bookings_booking_cancel", args=[booking.pk])


def status_of(booking: Booking) -> str:
    return str(Booking.objects.values_list("status", flat=True).get(pk=booking.pk))


def guest_values(booking: Booking, **changes: Any) -> dict[str, Any]:
    booking.refresh_from_db()
    return {
        "seen_version": booking.version,
        "guest_name": booking.guest_name,
        "guest_email": booking.guest_email,
        "guest_phone": str(booking.guest_phone),
        "guest_country": booking.guest_country,
        "language": booking.language,
        "arrival_time": "",
        "special_requests": booking.special_requests,
        "staff_notes": booking.staff_notes,
        "nights-TOTAL_FORMS": 0,
        "nights-INITIAL_FORMS": 0,
        **changes,
    }


def desk_values(house: Hotel, client: Client, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The address of the second step, and what to send for the first offer of it."""
    stay = house.stay()
    query = {
        "house": house.property.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "ages": "",
        "rooms": 1,
    }
    shown = client.get(DESK, query)
    offer = shown.context["offers"][0]["plans"][0]["value"]
    values = {"key": uuid4().hex, "offer": offer, "name": "Ada Lovelace", "language": "en", **changes}
    return shown.request["PATH_INFO"] + "?" + shown.request["QUERY_STRING"], values


def test_the_page_of_a_booking_shows_everything(house: Hotel) -> None:
    booking = confirmed(house)

    answer = staff_of(house).get(page(booking))

    text = answer.content.decode()
    assert booking.reference in text
    assert [line.entry.kind for line in answer.context["statement"]] == ["charge", "charge", "payment"]
    [nights] = answer.context["inline_admin_formsets"]
    assert len(nights.formset.forms) == 2
    assert {mail.type for mail in answer.context["mails"]} == {"booking_confirmed", "payment_receipt"}
    assert [str(tool["label"]) for tool in answer.context["operations"]] == [
        "Check in",
        "No-show",
        "Send the confirmation again",
        "Cancel",
        "Record a payment",
    ]


@pytest.mark.parametrize("nights", [2, 14])
def test_the_page_of_a_booking_costs_the_same_for_long_stays(
    nights: int, django_assert_num_queries: Any
) -> None:
    house = hotel(gateways=["sandbox"])
    booking = confirmed(house, stay=house.stay(nights=nights))
    client = staff_of(house)
    client.get(page(booking))

    with django_assert_num_queries(13):
        client.get(page(booking))


def test_guests_are_corrected(house: Hotel) -> None:
    booking = confirmed(house)

    answer = staff_of(house, StaffRole.FRONT_DESK).post(
        page(booking),
        guest_values(booking, guest_name="Ada King", arrival_time="18:30", staff_notes="Regular guest"),
    )

    assert answer.status_code == 302, answer.context["errors"]
    booking.refresh_from_db()
    assert (booking.guest_name, str(booking.arrival_time), booking.staff_notes) == (
        "Ada King",
        "18:30:00",
        "Regular guest",
    )


def test_a_change_of_somebody_else_is_not_overwritten(house: Hotel) -> None:
    booking = confirmed(house)
    client = staff_of(house)
    seen = guest_values(booking, guest_name="Second")
    client.post(page(booking), guest_values(booking, guest_name="First"))

    answer = client.post(page(booking), seen)

    assert answer.status_code == 200
    assert "Somebody else changed this" in str(answer.context["errors"])
    booking.refresh_from_db()
    assert booking.guest_name == "First"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"guest_name": ""}, "guest_name"),
        ({"guest_email": "nonsense"}, "guest_email"),
        ({"guest_phone": "12"}, "guest_phone"),
        ({"guest_country": "ZZ"}, "guest_country"),
    ],
)
def test_nonsense_about_guests_is_refused(house: Hotel, change: dict[str, str], field: str) -> None:
    booking = confirmed(house)

    answer = staff_of(house).post(page(booking), guest_values(booking, **change))

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert Booking.objects.get(pk=booking.pk).version == booking.version


def test_states_and_money_cannot_be_posted(house: Hotel) -> None:
    booking = confirmed(house)
    before = Booking.objects.filter(pk=booking.pk).values().get()

    staff_of(house).post(
        page(booking), guest_values(booking, status="cancelled", total="1.00", folio=1, reference="AAAAAAAA")
    )

    after = Booking.objects.filter(pk=booking.pk).values().get()
    assert {key for key in before if before[key] != after[key]} <= {"version", "updated_at"}


@pytest.mark.parametrize("role", [StaffRole.FRONT_DESK, StaffRole.MANAGER])
def test_a_hold_is_confirmed_at_the_desk(house: Hotel, role: str) -> None:
    booking = held(house).booking

    asked = staff_of(house, role).get(operation(booking, "confirm"))
    answer = staff_of(house, role).post(operation(booking, "confirm"))

    assert asked.status_code == 200
    assert answer.url == page(booking)
    assert status_of(booking) == "confirmed"


def test_check_in_out_and_back() -> None:
    from core.dates import property_today

    house = hotel(first=property_today("Europe/Berlin"), gateways=["sandbox"])
    booking = confirmed(house)
    client = staff_of(house, StaffRole.FRONT_DESK)

    for name, status in [
        ("check-in", "checked_in"),
        ("undo-check-in", "confirmed"),
        ("check-in", "checked_in"),
        ("check-out", "checked_out"),
    ]:
        client.post(operation(booking, name))
        assert status_of(booking) == status


def test_what_is_too_early_is_refused_with_a_reason(house: Hotel) -> None:
    booking = confirmed(house)

    answer = staff_of(house).post(operation(booking, "check-in"), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "This is not possible on this day of the stay."
    ]
    assert status_of(booking) == "confirmed"


def test_bulk_operations_name_what_was_refused() -> None:
    from core.dates import property_today

    house = hotel(first=property_today("Europe/Berlin"), gateways=["sandbox"])
    ready, later = confirmed(house), confirmed(house, stay=house.stay(offset=5))

    answer = staff_of(house).post(
        reverse("admin:bookings_booking_changelist"),
        {"action": "check_in", "_selected_action": [ready.pk, later.pk]},
        follow=True,
    )

    assert (status_of(ready), status_of(later)) == ("checked_in", "confirmed")
    told = [str(message) for message in answer.context["messages"]]
    assert told == [
        f"{later.reference}: This is not possible on this day of the stay.",
        "Done for 1 booking.",
    ]


def test_the_confirmation_is_sent_again(house: Hotel) -> None:
    booking = confirmed(house)

    staff_of(house, StaffRole.FINANCE).post(operation(booking, "mail-again"))

    mails = Notification.objects.filter(type="booking_confirmed")
    assert mails.count() == 2
    assert {mail.context["reference"] for mail in mails} == {booking.reference}


def test_cancelling_shows_and_keeps_the_fee() -> None:
    house = hotel(gateways=["sandbox"], tiers=((24 * 365, "percent", 0), (0, "percent", 30)))
    booking = confirmed(house)
    client = staff_of(house, StaffRole.FRONT_DESK)

    shown = client.get(cancel(booking))
    answer = client.post(cancel(booking), {"expected_fee": "60.00", "reason": "Ill"})

    assert (shown.context["preview"].fee, shown.context["preview"].refund) == (Decimal(60), Decimal(140))
    assert answer.url == page(booking)
    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee, booking.cancellation_reason) == ("cancelled", 60, "Ill")
    assert Refund.objects.get().amount == 140


def test_a_fee_that_changed_is_shown_anew() -> None:
    house = hotel(gateways=["sandbox"], tiers=((0, "percent", 30),))
    booking = confirmed(house)

    answer = staff_of(house).post(cancel(booking), {"expected_fee": "10.00", "reason": ""})

    assert answer.status_code == 422
    assert status_of(booking) == "confirmed"
    assert answer.context["form"]["expected_fee"].value() == "60.00"


@pytest.mark.parametrize(("role", "fee"), [(StaffRole.MANAGER, 0), (StaffRole.FRONT_DESK, 60)])
def test_only_managers_waive_the_fee(role: str, fee: int) -> None:
    house = hotel(gateways=["sandbox"], tiers=((0, "percent", 30),))
    booking = confirmed(house)

    staff_of(house, role).post(
        cancel(booking), {"expected_fee": "60.00", "reason": "Kindness", "waive_fee": "on"}
    )

    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee) == ("cancelled", fee)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (StaffRole.FINANCE, "confirm"),
        (StaffRole.FINANCE, "check-in"),
        (StaffRole.FINANCE, "no-show"),
    ],
)
def test_finance_moves_no_bookings(house: Hotel, role: str, name: str) -> None:
    booking = held(house).booking

    answer = staff_of(house, role).post(operation(booking, name))

    assert answer.status_code == 403
    assert status_of(booking) == "held"


def test_staff_of_another_house_can_do_nothing(house: Hotel, other_house: Hotel) -> None:
    booking = confirmed(house)
    before = Booking.objects.filter(pk=booking.pk).values().get()
    client = staff_of(other_house)

    answers = [
        client.post(page(booking), guest_values(booking, guest_name="Eve")),
        client.post(cancel(booking), {"expected_fee": "0", "reason": ""}),
        *(client.post(operation(booking, name)) for name in ("check-in", "no-show", "mail-again")),
        client.post(reverse("admin:payments_folio_record", args=[booking.folio_id]), {"amount": "1"}),
        client.post(
            reverse("admin:payments_payment_refund", args=[Payment.objects.get().pk]), {"amount": "1"}
        ),
    ]
    client.post(
        reverse("admin:bookings_booking_changelist"),
        {"action": "no_show", "_selected_action": [booking.pk]},
    )

    assert [answer.status_code for answer in answers] == [404] * 7
    assert Booking.objects.filter(pk=booking.pk).values().get() == before
    assert Refund.objects.count() == 0
    assert Payment.objects.count() == 1


def test_an_unknown_operation_is_not_found(house: Hotel) -> None:
    assert staff_of(house).post(operation(held(house).booking, "upgrade")).status_code == 404


def test_booking_for_a_guest_without_email(house: Hotel) -> None:
    client = staff_of(house, StaffRole.FRONT_DESK)
    url, values = desk_values(house, client)

    answer = client.post(url, values)

    booking = Booking.objects.get()
    assert answer.url == page(booking), answer.context["form"].errors
    assert (booking.status, booking.guest_name, booking.guest_email, booking.channel) == (
        "confirmed",
        "Ada Lovelace",
        "",
        "staff",
    )
    assert not Notification.objects.exists()
    assert house.inventory().sold == 1


def test_booking_for_a_guest_who_pays_now(house: Hotel) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client, paid_by="cash", email="ada@example.com")

    client.post(url, values)

    booking = Booking.objects.get()
    assert booking.status == "confirmed"
    payment = Payment.objects.get()
    assert (payment.amount, payment.method, payment.status) == (booking.total, "cash", "captured")
    assert sum(FolioEntry.objects.values_list("amount", flat=True)) == 0


def test_the_desk_form_sent_twice_books_once(house: Hotel) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client, paid_by="card")

    first, second = client.post(url, values), client.post(url, values)

    assert first.url == second.url
    assert (Booking.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_price_that_changed_is_told(house: Hotel) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client)
    room_type, plan, _total = values["offer"].split(":")

    answer = client.post(url, values | {"offer": f"{room_type}:{plan}:1.00"})

    assert "The price has changed" in str(answer.context["form"].errors["offer"])
    assert not Booking.objects.exists()
    assert house.inventory().held == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"offer": ""}, "offer"),
        ({"offer": "x:y"}, "offer"),
        ({"name": ""}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"phone": "1"}, "phone"),
        ({"paid_by": "shells"}, "paid_by"),
        ({"key": "short"}, "key"),
    ],
)
def test_the_desk_refuses_nonsense(house: Hotel, change: dict[str, str], field: str) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client)

    answer = client.post(url, values | change)

    assert list(answer.context["form"].errors) == [field]
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"departure": "2020-01-01"}, "departure"),
        ({"adults": "0"}, "adults"),
        ({"adults": "1", "rooms": "2"}, "adults"),
        ({"ages": "old"}, "ages"),
        ({"ages": "99"}, "ages"),
        ({"house": "0"}, "house"),
    ],
)
def test_the_desk_refuses_impossible_stays(house: Hotel, change: dict[str, str], field: str) -> None:
    stay = house.stay()
    query = {
        "house": house.property.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "ages": "",
        "rooms": 1,
    }

    answer = staff_of(house).get(DESK, query | change)

    assert list(answer.context["stay_form"].errors) == [field]
    assert answer.context["offers"] is None


def test_staff_book_in_their_own_house_only(house: Hotel, other_house: Hotel) -> None:
    url, values = desk_values(house, staff_of(house))
    stranger = staff_of(other_house)

    foreign = stranger.post(url, values)
    mixed = stranger.post(
        url.replace(f"house={house.property.pk}", f"house={other_house.property.pk}"), values
    )

    assert foreign.context["stay_form"].errors.keys() == {"house"}
    assert mixed.status_code == 403
    assert staff_of(house, StaffRole.FINANCE).get(DESK).status_code == 403
    assert not Booking.objects.exists()
    assert not RoomInventory.objects.exclude(held=0).exists()
