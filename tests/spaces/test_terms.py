"""Who books a space agrees to the terms of booking, and it is written down as for a room."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Consent
from bookings.models import SpaceBooking
from tests.api.asking import client as program
from tests.api.asking import post
from tests.factories.accounts import UserFactory
from tests.factories.spaces import slot

from .test_api import body
from .test_pages import book

pytestmark = pytest.mark.django_db


def test_a_guest_who_sends_agrees_to_the_terms_once(client, space, day, settings):
    settings.CONSENT_VERSIONS = {"terms": "2027-01", "advertising": "1"}
    user = UserFactory.create(email="ana@example.com")
    client.force_login(user)
    book(client, space, day, repeat="WEEKLY", count="2")
    first = SpaceBooking.objects.order_by("start").first()
    consent = Consent.objects.get()
    assert (consent.purpose, consent.is_given, consent.text_version) == ("terms", True, "2027-01")
    assert (consent.way, consent.place) == ("page", f"booking of a space {first.reference}")
    assert (consent.user, consent.email) == (user, "ana@example.com")


def test_who_has_no_account_agrees_by_their_address(client, space, day):
    assert book(client, space, day).status_code == 302
    assert list(Consent.objects.values_list("user", "email")) == [(None, "ana@example.com")]


def test_the_review_says_what_one_agrees_to(client, space, day, settings):
    settings.CONSENT_VERSIONS = {"terms": "2027-01", "advertising": "1"}
    start = slot(space, day, "09:00").start.isoformat()
    wish = {"start": start, "minutes": 60, "persons": 4, "name": "Ana Souza", "email": "ana@example.com"}
    address = reverse("bookings:space_new", args=[space.property.slug, space.slug])
    review = client.post(address, wish).content.decode()
    assert "terms of booking, version 2027-01" in review
    assert not Consent.objects.exists()


def test_a_program_passes_on_that_its_guest_agrees(space, day):
    wanted = body(space, day, total="0.00")
    made = post(program(), "space-bookings/", wanted | {"terms_accepted": True})
    assert made.status_code == 201, made.json()
    later = post(program(), "space-bookings/", body(space, day, "12:00", total="0.00"))
    assert later.status_code == 201, later.json()
    consent = Consent.objects.get()
    assert (consent.way, consent.place) == ("api", f"booking of a space {made.json()['reference']}")
