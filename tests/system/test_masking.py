"""Whatever stands around it, an address, number or key is gone from a text; what says nothing of anybody stays."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.access import access_token_new
from core.observability.errors import breadcrumb_prepare, report_prepare
from core.observability.masking import MASK, mask_text, mask_value

WORDS = st.text(st.sampled_from(string.ascii_letters + " .,:;!?-\n"), max_size=30)
SPACED = WORDS.map(lambda text: f"{text} ")
LOCAL = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "._+-!#$%*^`~äßé"), min_size=1, max_size=30
)
HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5})?(\.[a-z]{2,8}){1,3}", fullmatch=True)
EMAILS = st.builds(lambda local, host: f"{local}@{host}", LOCAL, HOSTS) | st.emails(domains=HOSTS)
SEPARATORS = st.sampled_from(["", " ", "-", ".", "/", " (", ") "])


@st.composite
def phones(draw: st.DrawFn) -> str:
    """International numbers, grouped in many ways."""
    digits = draw(st.text(st.sampled_from(string.digits), min_size=8, max_size=13))
    number = draw(st.sampled_from(["+", "00", "%2B"])) + draw(st.sampled_from("123456789"))
    for place, digit in enumerate(digits):
        number += (draw(SEPARATORS) if place % 3 == 2 else "") + digit
    return number


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Numbers of 13 to 19 digits whose last one fits, in groups of four or in one."""
    digits = [int(digit) for digit in draw(st.text(st.sampled_from(string.digits), min_size=12, max_size=18))]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[::-1][::2]]
    digits.append(-(sum(doubled) + sum(digits[::-1][1::2])) % 10)
    text = "".join(map(str, digits))
    separator = draw(st.sampled_from(["", " ", "-"]))
    return separator.join(text[start : start + 4] for start in range(0, len(text), 4))


@given(before=SPACED, email=EMAILS, after=WORDS)
def test_no_address_of_mail_is_left(before: str, email: str, after: str) -> None:
    masked = mask_text(f"{before}{email} {after}")

    assert email not in masked
    assert "@" not in masked
    assert MASK in masked


@given(before=SPACED, email=EMAILS)
def test_nor_one_in_the_query_of_an_address(before: str, email: str) -> None:
    from urllib.parse import quote

    for text in (f"/look-up?q={quote(email)}&page=2", f"/look-up?email={quote(email)}"):
        masked = mask_text(f"{before}GET {text}")
        assert quote(email) not in masked
        assert email.rpartition("@")[2] not in masked


@given(before=SPACED, phone=phones(), after=WORDS)
def test_no_phone_number_is_left(before: str, phone: str, after: str) -> None:
    masked = mask_text(f"{before}{phone} {after}")

    assert phone not in masked
    assert sum(character.isdigit() for character in masked) < 3


@given(before=SPACED, card=cards(), after=WORDS)
def test_no_card_number_is_left(before: str, card: str, after: str) -> None:
    masked = mask_text(f"{before}{card} {after}")

    assert not any(character.isdigit() for character in masked)


@given(
    before=SPACED,
    token=st.text(
        st.sampled_from(string.ascii_letters + string.digits + "_-"), min_size=22, max_size=64
    ).filter(lambda text: any(character.isdigit() or character.isupper() for character in text)),
    tail=st.sampled_from(["", "/", "/pay", "?x=1", ".ics", " HTTP/1.1"]),
)
def test_no_token_is_left_in_a_path(before: str, token: str, tail: str) -> None:
    assert token not in mask_text(f"{before}GET /calendars/{token}{tail}").rpartition("GET ")[2]


@given(
    reference=st.text(st.sampled_from(string.ascii_uppercase + "23456789"), min_size=8, max_size=8), x=SPACED
)
def test_no_access_token_of_a_booking_is_left(reference: str, x: str) -> None:
    token = access_token_new(reference)

    for address in (
        f"/booking/{reference}/?token={token}",
        f"/alerts/{reference}/{token}/",
        f"Token {token}",
    ):
        assert token not in mask_text(f"{x}{address}")


@given(value=st.text(min_size=1), name=st.sampled_from(
    ["guest_name", "full_name", "firstName", "lastname", "email", "guest_email", "phone", "password", "new_password",
     "access_token", "Authorization", "Cookie", "csrfmiddlewaretoken", "card", "cardholder_name", "document_number",
     "date_of_birth", "REMOTE_ADDR", "ip_address", "street", "postcode"]))  # fmt: skip
def test_what_a_name_gives_away_is_masked_whole(value: str, name: str) -> None:
    assert mask_value("details", {"deep": [{name: value}]}) == {"deep": [{name: MASK}]}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text()
        | st.binary()
        | EMAILS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    )
)
def test_anything_at_all_becomes_json_and_masking_twice_changes_nothing(value: object) -> None:
    once = mask_value("value", value)

    json.dumps(once)
    assert mask_value("value", once) == once


@pytest.mark.parametrize(
    "text",
    [
        "GET /en/hotels/grand-hotel-berlin-am-zoologischen-garten/",
        "Booking VQ7KM2XD: 3 nights, 2026-11-20 to 2026-11-23, 1,234.50 EUR",
        "3 nights @ 20 EUR",
        "effect 1234567890123 of 2026-11-22T03:17:04.123456Z took 17 ms",
        "bookings/views/lists.py:41 get",
        "/usr/lib/python3.11/site-packages/django/core/handlers/exception.py",
        "request 0f3f0b7e6d9c4b0f8d5a6f1f2c3b4a59 on 10.0.0.7:5432",
        "SELECT x FROM t WHERE a = ? AND b IN (…)",
        "+3 rooms, +15 %",
    ],
)
def test_what_says_nothing_of_anybody_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            'violates unique constraint "u"\nDETAIL:  Key (email, full_name)=(ada, Ada Lovelace) already exists.',
            f'violates unique constraint "u"\nDETAIL:  Key (email, full_name)=({MASK}) already exists.',
        ),
        (
            "DETAIL:  Failing row contains (7, Ada Lovelace, null).",
            f"DETAIL:  Failing row contains ({MASK}).",
        ),
        ("redis://user:hunter2@cache:6379/0", f"redis://user:{MASK}@cache:6379/0"),
        ("mail jörg.müller@exämple.de now", f"mail {MASK} now"),
    ],
)
def test_what_servers_repeat_is_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@given(email=EMAILS, phone=phones())
def test_a_report_goes_through_the_same_masking(email: str, phone: str) -> None:
    report = report_prepare(
        {
            "event_id": "0f3f0b7e6d9c4b0f8d5a6f1f2c3b4a59",
            "exception": {"values": [{"type": "ValueError", "value": f"no mailbox {email} or {phone} here"}]},
            "request": {"url": "http://h/b/?x=1", "query_string": f"email={email}", "cookies": {"a": "b"},
                        "headers": {"X-Phone": phone}, "data": {"phone": phone}, "env": {"REMOTE_ADDR": "10.0.0.1"}},
            "user": {"id": 7, "email": email, "ip_address": "10.0.0.1"},
            "breadcrumbs": {"values": [{"message": f"wrote to {email} "}]},
            "extra": {"guest_name": "Ada Lovelace", "sys.argv": ["manage.py", email]},
        },
        {},
    )  # fmt: skip

    text = json.dumps(report)
    assert email not in text
    assert phone not in text
    assert "Ada" not in text
    assert report["user"] == {"id": "7"}
    assert set(report["request"]) == {"url", "query_string"}
    assert report["event_id"] == "0f3f0b7e6d9c4b0f8d5a6f1f2c3b4a59"


def test_of_a_query_before_an_error_only_its_shape_is_remembered() -> None:
    asked = {"category": "query", "message": "SELECT * FROM guest WHERE name = 'Ada Lovelace' AND id = 7"}

    assert breadcrumb_prepare(asked, {}) == {
        "category": "query",
        "message": "SELECT * FROM guest WHERE name = ? AND id = ?",
    }
