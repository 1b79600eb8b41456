"""Who comes."""

from datetime import time

import pytest

from bookings.exceptions import BookingNotFound, EditConflict, GuestInvalid, TransitionNotAllowed
from bookings.models import Booking
from bookings.services import booking_cancel, booking_guest_set
from bookings.types import GuestDetails
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import GUEST, held

pytestmark = pytest.mark.django_db


def test_a_guest_is_written_trimmed(house):
    booking = held(house, guest=None).booking

    booking_guest_set(
        booking_id=booking.pk,
        guest=GuestDetails(
            name="  Ada Lovelace ",
            email=" Ada@example.com",
            phone="+493012345678",
            country="gb",
            language="de",
            special_requests=" quiet ",
            arrival_time=time(18, 30),
        ),
        actor=None,
    )

    booking.refresh_from_db()
    assert (booking.guest_name, booking.guest_email, booking.guest_country) == (
        "Ada Lovelace",
        "Ada@example.com",
        "GB",
    )
    assert (booking.language, booking.special_requests, booking.arrival_time) == ("de", "quiet", time(18, 30))
    assert str(booking.guest_phone) == "+49 30 12345678"
    assert booking.version == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 151),
        ("name", "Ada\nBcc: everybody"),
        ("email", ""),
        ("email", "not an address"),
        ("phone", "12"),
        ("country", "XX"),
        ("language", "tlh"),
        ("special_requests", "x" * 2001),
        ("special_requests", "nul \0"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(house, field, value):
    booking = held(house, guest=None).booking
    details = {"name": "Ada", "email": "ada@example.com"} | {field: value}

    with pytest.raises(GuestInvalid) as refused:
        booking_guest_set(booking_id=booking.pk, guest=GuestDetails(**details), actor=None)

    booking.refresh_from_db()
    assert refused.value.field == field
    assert (booking.guest_name, booking.version) == ("", 0)


def test_staff_may_leave_the_address_out(house):
    booking = held(house, guest=None).booking
    clerk = StaffFactory(property=house.property)

    booking = booking_guest_set(booking_id=booking.pk, guest=GuestDetails(name="Walk In"), actor=clerk)

    assert (booking.guest_name, booking.guest_email) == ("Walk In", "")


def test_the_second_editor_is_told_what_is_there_now(house):
    booking = held(house).booking
    seen = booking.version
    booking_guest_set(booking_id=booking.pk, guest=GUEST, actor=None, version=seen)

    with pytest.raises(EditConflict) as refused:
        booking_guest_set(
            booking_id=booking.pk,
            guest=GuestDetails(name="Somebody Else", email="else@example.com"),
            actor=None,
            version=seen,
        )

    assert refused.value.data["version"] == seen + 1
    assert refused.value.data["guest"]["name"] == "Ada Lovelace"
    assert Booking.objects.get(pk=booking.pk).guest_name == "Ada Lovelace"


def test_a_stay_that_is_off_is_not_edited(house):
    booking = held(house).booking
    booking_cancel(booking_id=booking.pk, actor=None)

    with pytest.raises(TransitionNotAllowed):
        booking_guest_set(booking_id=booking.pk, guest=GUEST, actor=None)


def test_an_unknown_booking_is_not_found():
    with pytest.raises(BookingNotFound):
        booking_guest_set(booking_id=0, guest=GUEST, actor=None)
