"""The mail that says until when rooms are kept, and where to pay for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from bookings.models import Booking
from bookings.services import booking_guest_set
from notifications.models import Notification
from notifications.rendering import notification_render
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import GUEST, confirmed, held, pay
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)


def mails() -> list[Notification]:
    return list(Notification.objects.filter(type="booking_held", channel="email"))


def named(booking: Booking, **fields: str) -> Booking:
    return booking_guest_set(booking_id=booking.pk, guest=replace(GUEST, **fields), actor=None)


def test_who_gives_their_name_is_told_until_when_and_where_to_pay(deposit_house: Hotel) -> None:
    booking = held(deposit_house, guest=None).booking
    assert mails() == []

    named(booking)

    (mail,) = mails()
    assert (mail.recipient, mail.property_id) == (GUEST.email, booking.property_id)
    assert (mail.context["total"], mail.context["due_now"]) == ("200.00", "60.00")
    assert booking.hold_expires_at is not None
    assert mail.context["hold_expires_at"] == booking.hold_expires_at.isoformat()
    assert mail.context["pay_url"] in notification_render(mail).text
    page = mail.context["pay_url"].removeprefix(settings.SITE_URL)
    answer = Client().get(page, follow=True)
    assert (answer.status_code, answer.redirect_chain[0][0]) == (200, page.partition("?")[0])


def test_it_is_written_once_however_often_the_guest_is_corrected(deposit_house: Hotel) -> None:
    booking = held(deposit_house, guest=None).booking

    for name in ("Ada", "Ada L", "Ada Lovelace"):
        named(booking, name=name)

    assert len(mails()) == 1


def test_without_an_address_there_is_none(deposit_house: Hotel) -> None:
    clerk = StaffFactory.create(property=deposit_house.property)
    booking = held(deposit_house, guest=None, actor=clerk, channel="staff").booking

    booking_guest_set(booking_id=booking.pk, guest=replace(GUEST, email=""), actor=clerk)

    assert mails() == []


def test_who_has_paid_is_asked_for_nothing(deposit_house: Hotel) -> None:
    paid = confirmed(deposit_house)

    named(paid, name="Ada King")

    assert mails() == []


def test_money_that_has_come_while_the_rooms_are_held_is_enough(
    deposit_house: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bookings.receivers.booking_confirm", _not_now)
    monkeypatch.setattr("bookings.services.paying._confirm_paid", _not_now)
    booking = held(deposit_house).booking
    assert pay(booking, purpose="deposit").status == "captured"

    booking = named(booking, name="Ada King")

    assert (booking.status, mails()) == ("held", [])


def _not_now(*_arguments: object, **_more: object) -> None:
    """The process that would confirm has died."""
