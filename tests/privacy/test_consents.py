"""What people agree to is written down once, to a version, and never changed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import Error as DatabaseError
from django.db import transaction
from django.test import Client

from accounts.models import Consent, ConsentWay
from accounts.services import consent_record, user_create
from bookings.links import booking_url
from bookings.models import Booking
from notifications.models import Channel
from notifications.services import mail_subscription_for, preferences_set, resubscribe, unsubscribe
from notifications.types import Category
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import held
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a lantern over the door"


def words() -> list[tuple[Any, ...]]:
    return list(
        Consent.objects.order_by("pk").values_list("purpose", "is_given", "way", "text_version", "email")
    )


def test_terms_are_agreed_to_where_the_guest_goes_on(client: Client, settings: Any) -> None:
    settings.CONSENT_VERSIONS = {"terms": "2027-01", "advertising": "1"}
    user = user_create(email="ada@example.com", password=PASSWORD, is_verified=True)
    booking = held(hotel(), user=user, guest=None).booking
    client.force_login(user)
    page = client.get(f"/booking/{booking.reference}/guest/").content.decode()
    assert "version 2027-01" in page
    form = {"name": "Ada King", "email": "ada@example.com", "phone": "", "country": "GB", "version": "0"}
    assert client.post(f"/booking/{booking.reference}/guest/", {**form, "name": ""}).status_code == 422
    assert words() == []
    assert client.post(f"/booking/{booking.reference}/guest/", form).status_code == 302
    assert words() == [("terms", True, "page", "2027-01", "ada@example.com")]
    consent = Consent.objects.get()
    assert (consent.user, consent.place) == (user, f"booking {booking.reference}")
    shown = client.get("/account/personal-data/").content.decode()
    assert "2027-01" in shown
    assert booking_url(booking)


def test_advertising_is_given_and_withdrawn_by_page_and_by_mail() -> None:
    user = user_create(email="ada@example.com", password=PASSWORD, is_verified=True)
    preferences_set(user=user, choices={(Category.MARKETING, Channel.EMAIL): True})
    preferences_set(user=user, choices={(Category.MARKETING, Channel.EMAIL): True})
    preferences_set(user=user, choices={(Category.MARKETING, Channel.EMAIL): False})
    subscription = mail_subscription_for(address="ada@example.com", category=Category.MARKETING)
    unsubscribe(subscription=subscription)
    unsubscribe(subscription=subscription)
    resubscribe(subscription=subscription)
    other = mail_subscription_for(address="ada@example.com", category=Category.REMINDERS)
    unsubscribe(subscription=other)
    assert [(given, way) for _purpose, given, way, _version, _email in words()] == [
        (True, "page"),
        (False, "page"),
        (False, "mail"),
        (True, "mail"),
    ]


def test_the_database_lets_nobody_change_or_delete_one() -> None:
    consent = consent_record(purpose="terms", is_given=True, email="ada@example.com")
    for change in (
        lambda: Consent.objects.filter(pk=consent.pk).update(is_given=False),
        lambda: Consent.objects.filter(pk=consent.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Consent.objects.get().is_given


def test_a_consent_is_somebodys_and_keeps_no_network_address() -> None:
    with pytest.raises(ValueError, match="somebody"):
        consent_record(purpose="terms", is_given=True)
    assert "ip" not in {field.name for field in Consent._meta.get_fields()}


def test_a_program_may_say_that_its_guest_has_accepted_the_terms(settings: Any) -> None:
    settings.CONSENT_VERSIONS = {"terms": "2027-01", "advertising": "1"}
    house, api = hotel(), Client()
    wanted = {
        "room_type": house.room_type.pk,
        "rate_plan": house.plan.pk,
        "arrival": house.stay().arrival.isoformat(),
        "departure": house.stay().departure.isoformat(),
        "adults": 2,
        "expected_total": {"amount": "200.00", "currency": "EUR"},
    }
    ada = {"name": "Ada King", "email": "ada@example.com"}

    def book(**more: Any) -> Any:
        return api.post(
            "/api/v1/bookings/", wanted | more, "application/json", headers={"Idempotency-Key": key}
        )

    key = uuid4().hex
    nobody = book(terms_accepted=True)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "guest_invalid")
    assert [error["field"] for error in nobody.json()["errors"]] == ["terms_accepted"]
    assert (words(), Booking.objects.count()) == ([], 0)

    for _time in range(2):
        booked = book(guest=ada, terms_accepted=True)
        assert booked.status_code == 201
    reference = booked.json()["reference"]
    assert words() == [("terms", True, "api", "2027-01", "ada@example.com")]
    consent = Consent.objects.get()
    assert (consent.user, consent.place) == (None, f"booking {reference}")

    key = uuid4().hex
    later = book().json()
    assert len(words()) == 1, "who says nothing has agreed to nothing"
    told = api.patch(
        f"/api/v1/bookings/{later['reference']}/guest/",
        ada | {"version": later["version"], "terms_accepted": True},
        "application/json",
        headers={"X-Booking-Token": later["access_token"]},
    )
    assert told.status_code == 200
    assert words()[1:] == [("terms", True, "api", "2027-01", "ada@example.com")]


def test_what_staff_pass_on_is_the_word_of_their_guest() -> None:
    house = hotel()
    clerk = StaffFactory.create(property=house.property, role="front_desk")
    booking = held(house, user=None, actor=clerk, channel="staff", terms=ConsentWay.API).booking

    consent = Consent.objects.get()
    assert (consent.user, consent.email) == (None, booking.guest_email)
