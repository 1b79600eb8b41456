"""Whatever is sent, the answer is a clear 4xx in the documented form, nothing changes, and never a 5xx."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from config.wsgi import application
from core.models import IdempotencyKey
from tests.api.asking import (
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
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db

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
    "bookings/{reference}/confirm/": "post",
    "payments/events/sandbox/": "post",
}
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
    "bookings/{reference}/calendar.ics": (),
}
NASTY_TEXT = (
    "",
    " ",
    "\0",
    "\ud83d",
    "'; DROP TABLE bookings_booking; --",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "%00",
    "../../etc/passwd",
    "9" * 400,
    "x" * 5_000,
    "٣",
    "\u202e",
    "0000-00-00",
    "2026-02-30",
    "9999-12-31",
    "10000-01-01",
    "-1",
    "1e400",
    "NaN",
    "Infinity",
    "null",
    "true",
)
NASTY_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    2**64,
    10**400,
    -(10**400),
    1.5,
    1e308,
    [],
    {},
    [[]],
    [None],
    {"": ""},
    {"amount": None, "currency": None},
    {"amount": "1e999999", "currency": "EUR"},
    {"amount": "0.0001", "currency": "eur"},
    *NASTY_TEXT,
)
ONE_BY_ONE = (None, 2**64, -(10**400), [], {}, "\0", "\ud83d", "1e400", "-1", "9999-12-31", "x" * 5_000)
"""Sent in each place alone, where the others are right, and not only in all at once."""

NASTY_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "an array": b"[]",
    "null": b"null",
    "a number": b"1",
    "a text": b'"text"',
    "NaN": b'{"adults": NaN}',
    "infinity": b'{"adults": 1e999}',
    "a number without end": b'{"adults": ' + b"9" * 10_000 + b"}",
    "deep arrays": b"[" * 20_000 + b"]" * 20_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "half of a surrogate pair": b'{"name": "\\ud83d"}',
    "a member that is half of a pair": b'{"\\uDC00": 1}',
    "Latin-1": '{"name": "é"}'.encode("latin-1"),
    "UTF-16": '{"name": "e"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NUL": b'{"name": "\\u0000"}',
    "a bare NUL": b'{"name": "\x00"}',
    "the same member twice": b'{"adults": 1, "adults": 2}',
    "many unknown members": json.dumps({f"f{number}": 1 for number in range(1_000)}).encode(),
    "a prototype": b'{"__proto__": {"admin": true}}',
}


@pytest.fixture
def places(house: Hotel) -> dict[str, str]:
    """What addresses are made of."""
    return {"reference": held(house).booking.reference, "slug": house.property.slug}


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
        if body in (b"", b"\xef\xbb\xbf{}") or path == "accounts/me/":
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
        "accounts/": {"email": "", "password": "", "full_name": ""},
        "auth/token/": {"email": "", "password": "", "code": ""},
    }
    for path, body in bodies.items():
        alone = [{name: value} for name in body] if value in ONE_BY_ONE else []
        for changes in [dict.fromkeys(body, value), *alone]:
            answer = getattr(staff, WRITES[path])(
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
    for path in (*READS, *WRITES):
        if "{" in path:
            answer = staff.get(V1 + path.format(reference=value, slug=value))
            assert_refused(answer, f"{path} {value[:30]!r}")


@pytest.mark.parametrize("token", ["x", "x" * 10_000, "\xff\xfe", "'", "vac_" + "0" * 64])
def test_secrets_that_open_nothing(places: dict[str, str], token: str) -> None:
    path = f"{V1}bookings/{places['reference']}/"

    assert_refused(client().get(path, headers={"X-Booking-Token": token}), "X-Booking-Token")
    assert_refused(client().get(path, headers={"Authorization": f"Token {token}"}), "Authorization")
    assert_refused(client().get(path, headers={"Authorization": token}), "Authorization")


def test_wrong_methods(staff: APIClient, places: dict[str, str]) -> None:
    before = state()

    for path in sorted({*READS, *WRITES}):
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
