"""What strangers write stays text: in pages, in searches, in addresses that are gone on to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import user_create
from bookings.models import Booking
from bookings.types import GuestDetails
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel
from tests.factories.reviews import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


SCRIPT = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
SQL = ("' OR '1'='1", "1; DROP TABLE bookings_booking; --", "1) UNION SELECT password FROM accounts_user --")
PASSWORD = "a lantern over the door"


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=8)


def assert_text(page: str) -> None:
    """Nothing of it became markup."""
    assert "<img src=x" not in page
    assert not re.search(r"<script>alert", page)


def test_what_guests_write_is_text_wherever_it_is_shown(house: Hotel, django_user_model: Any) -> None:
    guest = GuestDetails(name=SCRIPT[:150], email="ada@example.com", language="en", special_requests=SCRIPT)
    user = user_create(email="ada@example.com", full_name=SCRIPT, is_verified=True)
    booking = confirmed(house, guest=guest, user=user)
    Booking.objects.filter(pk=booking.pk).update(staff_notes=SCRIPT)
    published(house, title=SCRIPT, text=SCRIPT)
    own, staff = Client(), Client()
    own.force_login(user)
    staff.force_login(SuperuserFactory.create())
    pages = [
        (own, f"/booking/{booking.reference}/"),
        (own, "/my/"),
        (own, "/account/profile/"),
        (Client(), f"/hotels/{house.property.slug}/"),
        (Client(), f"/hotels/{house.property.slug}/reviews/"),
        (staff, reverse("admin:bookings_booking_change", args=[booking.pk])),
        (staff, reverse("admin:bookings_booking_changelist")),
        (staff, reverse("admin:audit-log")),
        (staff, "/admin/today/"),
    ]
    for client, path in pages:
        answer = client.get(path, follow=True)
        assert answer.status_code in {200, 404}, path
        assert_text(answer.content.decode())


@pytest.mark.parametrize("text", SQL)
def test_no_text_becomes_sql(text: str, house: Hotel) -> None:
    confirmed(house)
    staff = Client()
    staff.force_login(SuperuserFactory.create())
    asked = [
        Client().get("/search/", {"where": text}),
        Client().get("/api/v1/properties/", {"city": text, "ordering": text, "page": text}),
        staff.get(reverse("admin:bookings_booking_changelist"), {"q": text, "o": text}),
        staff.get(reverse("admin:audit-log"), {"number": text, "field": text, "before": text}),
        Client().post("/find-booking/", {"reference": text, "email": "a@example.com"}),
        Client().post("/account/login/", {"login": text, "password": text}),
    ]
    for answer in asked:
        assert answer.status_code < 500
        assert "pbkdf2" not in answer.content.decode()
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_log_in_leads_to_no_other_site(target: str) -> None:
    user: User = user_create(email="ada@example.com", password=PASSWORD, is_verified=True)
    client = Client()
    answer = client.post(
        f"/account/login/?next={target}", {"login": user.email, "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))
    language = Client().post("/language/setlang/", {"language": "de", "next": target})
    assert "evil" not in language.headers.get("Location", "/")


def test_a_host_that_is_not_ours_is_refused(settings: Any) -> None:
    assert Client().get("/", headers={"Host": "evil.example"}).status_code == 400
    user_create(email="ada@example.com", password=PASSWORD, is_verified=True)
    answer = Client().post(
        "/account/password/reset/", {"email": "ada@example.com"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert answer.status_code == 302
    from notifications.models import Notification

    assert "evil.example" not in str(list(Notification.objects.values_list("context", flat=True)))
