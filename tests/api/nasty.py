"""What nobody should send."""

from __future__ import annotations

import json
from typing import Any

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
