"""What staff do with bookings: each operation, who may, and what happens when it is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import Booking
from notifications.models import Notification
from payments.models import Payment, Refund
from tests.admin.conftest import staff_of
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_the_page_of_a_booking_shows_everything(house: Hotel) -> None:
    booking = confirmed(house)

    answer = staff_of(house).get(page(booking))

    text = answer.content.decode()
    assert booking.reference in text
    assert [line.entry.kind for line in answer.context["statement"]] == ["charge", "charge", "payment"]
    [nights] = answer.context["inline_admin_formsets"]
    assert len(nights.formset.forms) == 2
    assert {mail.type for mail in answer.context["mails"]} == {"booking_confirmed", "payment_receipt"}
    assert [action.name for action in answer.context["operations"]] == [
        "room",
        "change",
        "extend",
        "extras",
        "registration",
        "payment_record",
        "folio_charge",
        "folio_move",
        "invoice_issue",
        "cancel",
        "mail-again",
    ]


@pytest.mark.parametrize("nights", [2, 14])
def test_the_page_of_a_booking_costs_the_same_for_long_stays(
    nights: int, django_assert_num_queries: Any
) -> None:
    house = hotel(gateways=["sandbox"])
    booking = confirmed(house, stay=house.stay(nights=nights))
    client = staff_of(house)
    client.get(page(booking))

    with django_assert_num_queries(24):
        client.get(page(booking))


def test_nights_that_somebody_added_to_the_form_add_none(house: Hotel) -> None:
    booking = confirmed(house)
    added = {"nights-TOTAL_FORMS": 3, "nights-2-date": "2031-01-01", "nights-2-price": "1.00"}

    answer = staff_of(house).post(page(booking), guest_values(booking, guest_name="", **added))

    assert (answer.status_code, bool(answer.context["errors"])) == (200, True)
    assert booking.nights.count() == 2


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
    opened = client.get(page(booking)).context["opened"]
    seen = guest_values(booking, guest_name="Second", _opened=opened)
    client.post(page(booking), guest_values(booking, guest_name="First"))

    answer = client.post(page(booking), seen)

    assert answer.status_code == 409
    assert "Somebody else has changed this" in str(answer.context["errors"])
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
        ("undo-check-out", "checked_in"),
    ]:
        client.post(operation(booking, name), {"key": uuid4().hex, "guest-1-name": "Ada Lovelace"})
        assert status_of(booking) == status


def test_what_is_too_early_is_refused_with_a_reason(house: Hotel) -> None:
    booking = confirmed(house)

    answer = staff_of(house).post(
        operation(booking, "check-in"), {"key": uuid4().hex, "guest-1-name": "Ada Lovelace"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["This is not possible on this day of the stay."]
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
