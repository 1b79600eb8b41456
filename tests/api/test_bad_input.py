"""Whatever is sent, the answer is a clear 4xx in the documented form, nothing changes, and never a 5xx."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from config.wsgi import application
from core.models import IdempotencyKey
from tests.api.asking import (
    GUEST,
    PROBLEM_MEMBERS,
    V1,
    booking_body,
    client,
    euros,
    fields,
    problem,
    state,
    stay_body,
)
from tests.api.nasty import NASTY_BODIES, NASTY_TEXT, NASTY_VALUES, ONE_BY_ONE
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel
from tests.factories.spaces import booked, space_open

pytestmark = pytest.mark.django_db

PREVIEW = "bookings/{reference}/change/preview/"
"""Answers what cannot be done as well, and says why."""

WRITES = {
    "accounts/": "post",
    "accounts/me/": "patch",
    "auth/token/": "post",
    "availability/batch/": "post",
    "quotes/": "post",
    "bookings/": "post",
    "bookings/lookup/": "post",
    "bookings/{reference}/guest/": "patch",
    "bookings/{reference}/pay/": "post",
    "bookings/{reference}/cancel/": "post",
    "bookings/{reference}/change/": "post",
    PREVIEW: "post",
    "bookings/{reference}/confirm/": "post",
    "payments/events/sandbox/": "post",
    "spaces/quotes/": "post",
    "space-bookings/": "post",
    "space-bookings/{space}/decline/": "post",
    "space-bookings/{space}/pay/": "post",
}
LENIENT = {
    "bookings/{reference}/check-in/": "post",
    "bookings/{reference}/check-out/": "post",
    "space-bookings/{space}/change/": "post",
    "space-bookings/{space}/cancel/": "post",
}
"""What takes a body with nothing in it as well."""

STAY = ("arrival", "departure", "adults", "rooms", "children_ages")
READS: dict[str, tuple[str, ...]] = {
    "accounts/me/": (),
    "auth/tokens/": (),
    "properties/": ("search", "city", "country", "stars", "amenity"),
    "properties/{slug}/": (),
    "properties/{slug}/room-types/": (),
    "properties/{slug}/rate-plans/": (),
    "properties/{slug}/availability/": STAY,
    "properties/{slug}/calendar/": ("first", "days", "room_type", "rate_plan", *STAY[2:]),
    "search/": ("where", "stars", "amenity", "board", "refundable", "max_total", "order", *STAY),
    "bookings/": ("property", "status", "arrival_from", "arrival_to", "own", "order"),
    "bookings/{reference}/": (),
    "bookings/{reference}/payments/": (),
    "bookings/{reference}/cancellation/": (),
    "bookings/{reference}/changes/": (),
    "bookings/{reference}/calendar.ics": (),
    "bookings/{reference}/invoices/": (),
    "properties/{slug}/spaces/": (),
    "properties/{slug}/spaces/{space_slug}/free/": ("day", "days"),
    "space-bookings/": ("own", "status", "property"),
    "space-bookings/{space}/": (),
    "reports/": (),
    "reports/{key}/": ("period", "from", "to", "property", "group", "compare", "by", "format"),
}
SPACE_WISH = {
    "space": 1,
    "start": "2030-01-07T10:00:00Z",
    "minutes": 60,
    "persons": 1,
    "purpose": "",
    "equipment": [],
}


@pytest.fixture
def places(house: Hotel) -> dict[str, str]:
    """What addresses are made of."""
    now = timezone.now()
    space = space_open(property=house.property)
    return {
        "reference": held(house).booking.reference,
        "slug": house.property.slug,
        "space_slug": space.slug,
        "space": booked(space, now.date() + timedelta(days=2), "10:00", at=now).reference,
        "key": "occupancy",
    }


@pytest.fixture
def staff(house: Hotel) -> APIClient:
    """Somebody for whom every address opens, so that bodies are really looked at."""
    return client(StaffFactory(property=house.property))


def assert_refused(answer: Any, where: str) -> None:
    """A 4xx in the documented form."""
    assert 400 <= answer.status_code < 500, f"{where}: {answer.status_code} {answer.content[:300]!r}"
    assert answer["Content-Type"] == "application/problem+json", where
    assert set(answer.json()) - {"data"} == PROBLEM_MEMBERS, where


def assert_answered(answer: Any, where: str) -> None:
    """Anything but a defect of ours."""
    assert answer.status_code < 500, f"{where}: {answer.status_code} {answer.content[:300]!r}"


@pytest.mark.parametrize("body", NASTY_BODIES.values(), ids=list(NASTY_BODIES))
def test_bodies_that_are_no_request(staff: APIClient, places: dict[str, str], body: bytes) -> None:
    before = state()

    for path, method in WRITES.items():
        if path.endswith("confirm/"):
            continue  # takes no body
        address = V1 + path.format(**places)
        answer = getattr(staff, method)(
            address,
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "a-key-of-sixteen-letters"},
        )
        if body in (b"", b"\xef\xbb\xbf{}") or path in ("accounts/me/", PREVIEW):
            assert_answered(answer, path)
        else:
            assert_refused(answer, path)
    if body != b"":
        assert state() == before
        assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("value", NASTY_VALUES, ids=lambda value: repr(value)[:30])
def test_values_that_do_not_fit(staff: APIClient, house: Hotel, places: dict[str, str], value: Any) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "quotes/": stay_body(house, rooms=1, children_ages=[]),
        "bookings/": booking_body(house, rooms=1, children_ages=[], channel="api"),
        "availability/batch/": {"stays": []},
        "bookings/lookup/": {"reference": places["reference"], "email": "ada@example.com"},
        "bookings/{reference}/guest/": {
            "version": 0,
            "name": "Ada",
            "email": "ada@example.com",
            "phone": "",
            "country": "",
            "language": "",
            "special_requests": "",
            "arrival_time": "12:00",
        },
        "bookings/{reference}/pay/": {
            "gateway": "sandbox",
            "purpose": "total",
            "card": "",
            "return_url": "",
        },
        "bookings/{reference}/cancel/": {"expected_fee": euros("0.00"), "reason": "", "waive_fee": False},
        "bookings/{reference}/change/": {
            "arrival": "2030-01-01",
            "departure": "2030-01-03",
            "room_type": 1,
            "rate_plan": 1,
            "adults": 2,
            "rooms": 1,
            "children_ages": [],
            "expected_total": euros("1.00"),
        },
        "bookings/{reference}/change/preview/": {
            "nightly_override": euros("1.00"),
            "override_reason": "",
            "ignore_restrictions": False,
            "reprice": False,
            "waive_fee": False,
            "pay_first": False,
        },
        "spaces/quotes/": SPACE_WISH | {"repeat": {"rule": "FREQ=DAILY;COUNT=2"}},
        "space-bookings/": SPACE_WISH
        | {"expected_total": euros("1.00"), "guest": GUEST, "stay": "", "channel": "api"},
        "space-bookings/{space}/change/": SPACE_WISH
        | {"scope": "one", "version": 0, "skip_conflicts": False},
        "space-bookings/{space}/cancel/": {
            "scope": "one",
            "expected_fee": euros("0.00"),
            "reason": "",
            "waive_fee": False,
        },
        "space-bookings/{space}/decline/": {"scope": "one", "reason": "No"},
        "space-bookings/{space}/pay/": {"gateway": "sandbox", "card": "", "return_url": ""},
        "accounts/": {"email": "", "password": "", "full_name": ""},
        "auth/token/": {"email": "", "password": "", "code": ""},
    }
    for path, body in bodies.items():
        alone = [{name: value} for name in body] if value in ONE_BY_ONE else []
        for changes in [dict.fromkeys(body, value), *alone]:
            answer = getattr(staff, (WRITES | LENIENT)[path])(
                V1 + path.format(**places),
                json.dumps(body | changes),
                content_type="application/json",
                headers={"Idempotency-Key": f"{len(changes)}{next(iter(changes))}-a-key-of-sixteen"},
            )
            assert_answered(answer, f"{path} {list(changes)}")


@pytest.mark.parametrize("text", NASTY_TEXT, ids=lambda text: repr(text)[:30])
def test_queries_that_do_not_fit(staff: APIClient, places: dict[str, str], text: str) -> None:
    value = text[:500].replace("\ud83d", "\ufffd")
    for path, names in READS.items():
        address = V1 + path.format(**places)
        stay = {"arrival": "2030-01-01", "departure": "2030-01-03"}
        assert_answered(staff.get(address, dict.fromkeys([*names, "page", "page_size"], value)), path)
        for name in names if text in ONE_BY_ONE else ():
            assert_answered(staff.get(address, stay | {name: value}), f"{path}?{name}={value[:30]!r}")


@pytest.mark.parametrize("text", NASTY_TEXT, ids=lambda text: repr(text)[:30])
def test_addresses_that_lead_nowhere(staff: APIClient, text: str) -> None:
    value = text[:2_000].replace("\ud83d", "\ufffd") or "-"
    names = ("reference", "slug", "space_slug", "space", "key")
    for path in (*READS, *WRITES, *LENIENT):
        if "{" in path:
            answer = staff.get(V1 + path.format(**dict.fromkeys(names, value)))
            assert_refused(answer, f"{path} {value[:30]!r}")


@pytest.mark.parametrize("token", ["x", "x" * 10_000, "\xff\xfe", "'", "vac_" + "0" * 64])
def test_secrets_that_open_nothing(places: dict[str, str], token: str) -> None:
    path = f"{V1}bookings/{places['reference']}/"

    assert_refused(client().get(path, headers={"X-Booking-Token": token}), "X-Booking-Token")
    assert_refused(client().get(path, headers={"Authorization": f"Token {token}"}), "Authorization")
    assert_refused(client().get(path, headers={"Authorization": token}), "Authorization")


def test_wrong_methods(staff: APIClient, places: dict[str, str]) -> None:
    before = state()

    for path in sorted({*READS, *WRITES, *LENIENT}):
        address = V1 + path.format(**places)
        answer = staff.generic("PUT", address, b"{}", "application/json")
        problem(answer, 405, "method_not_allowed")
        allowed = {name.strip() for name in answer["Allow"].split(",")}
        for method in {"GET", "POST", "PATCH", "DELETE", "TRACE"} - allowed:
            problem(staff.generic(method, address, b"{}", "application/json"), 405, "method_not_allowed")
    assert state() == before


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense", ""]
)
def test_other_kinds_of_content(api: APIClient, house: Hotel, content_type: str) -> None:
    answer = api.generic("POST", f"{V1}quotes/", json.dumps(stay_body(house)), content_type)

    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "rot13", "base64", "idna", "no-such", "\0"])
def test_text_is_utf8_whatever_is_said(charset: str) -> None:
    body = json.dumps({"stays": []}).encode()
    environ: dict[str, Any] = {
        "PATH_INFO": "/api/v1/availability/batch/",
        "QUERY_STRING": "name=%C3%A9",
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": f"application/json; charset={charset}",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "testserver",
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    answered: list[str] = []

    answer = application(environ, lambda status, headers: answered.append(status))

    assert answered == ["400 Bad Request"]
    assert json.loads(b"".join(answer))["errors"][0]["field"] == "stays"


def test_answers_come_in_json_alone(api: APIClient) -> None:
    problem(api.get(f"{V1}properties/", headers={"Accept": "application/xml"}), 406, "not_acceptable")
    assert api.get(f"{V1}properties/", headers={"Accept": "text/html,*/*;q=0.8"}).status_code == 200
    assert_refused(api.get(f"{V1}properties/?format=xml"), "format")


def test_bodies_have_a_size(api: APIClient) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = api.post(f"{V1}quotes/", {"name": "x" * 1000})

    problem(answer, 413, "body_too_large")


def test_unknown_addresses(api: APIClient) -> None:
    for path in ("/api/v1/", "/api/v2/properties/", "/api/v1/nothing/", "/api/\0/"):
        assert_refused(api.get(path), path)


def test_only_some_unknown_members_are_named(api: APIClient, house: Hotel) -> None:
    body = stay_body(house) | {f"{number}-{'x' * 500}": 1 for number in range(100)}

    document = problem(api.post(f"{V1}quotes/", body), 400, "validation_failed")

    assert len(document["errors"]) == 20
    assert all(len(name or "") == 80 for name in fields(document))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(NASTY_VALUES),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4)
    ),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    [
        *("room_type", "rate_plan", "arrival", "departure", "adults", "children_ages", "rooms", "guest"),
        *("expected_total", "channel", "stays", "property", "reference", "email", "name", "version"),
        *("gateway", "purpose", "card", "return_url", "expected_fee", "reason", "waive_fee", "password"),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(MEMBERS, JSON, min_size=1, max_size=4), path=st.sampled_from(sorted(WRITES)))
def test_no_body_breaks_anything(
    staff: APIClient, house: Hotel, places: dict[str, str], changes: dict[str, Any], path: str
) -> None:
    valid = booking_body(house) if path == "bookings/" else stay_body(house) if path == "quotes/" else {}

    answer = getattr(staff, WRITES[path])(
        V1 + path.format(**places),
        json.dumps(valid | changes),
        content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-sixteen-letters"},
    )

    assert_answered(answer, path)
    if answer.status_code >= 400:
        assert_refused(answer, path)
