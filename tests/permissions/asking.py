"""Sending one request, taking back what it did, and saying in a letter what the answer was."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.test import Client

from core.cache import read
from core.cache.client import cache_server

TOLD, ANSWERED, SENT_ON, USELESS = "A", "a", "r", "u"
DOOR, FORBIDDEN, MISSING, NO_SUCH_VERB = "l", "f", "n", "-"
LETTERS = {
    TOLD: "answered, and the answer names guest A",
    ANSWERED: "answered",
    SENT_ON: "answered by a way to another page",
    USELESS: "let in, but what was sent (nothing) or how things stand is no use: 400, 409, ...",
    DOOR: "asked to log in (or for the booking's reference): 401 or the way there",
    FORBIDDEN: "403",
    MISSING: "404",
    NO_SUCH_VERB: "405",
}
IN = frozenset({TOLD, ANSWERED, SENT_ON, USELESS})
DOORS = ("/account/login/", "/account/reauthenticate/", "/admin/login/", "/find-booking/")
REFUSALS = {
    HTTPStatus.UNAUTHORIZED: DOOR,
    HTTPStatus.FORBIDDEN: FORBIDDEN,
    HTTPStatus.NOT_FOUND: MISSING,
    HTTPStatus.METHOD_NOT_ALLOWED: NO_SUCH_VERB,
}
NOT_HERE = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)
"""What depends on a service that tests have none of."""


def forget() -> None:
    """Empty the caches: they must not know of what was taken back."""
    cache_server().redis.flushdb()
    read.local.clear()


def letter(client: Client, verb: str, url: str, names: tuple[bytes, ...]) -> str:
    """Ask, take back what it did, and say how it went. A server error raises `AssertionError`."""
    cookies = client.cookies.copy()
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] - services open durable transactions
    with block:
        answer = _ask(client, verb, url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    client.cookies = cookies
    if verb != "GET":
        forget()
    return _letter(answer, any(name in content for name in names), f"{verb} {url}")


def _ask(client: Client, verb: str, url: str) -> Any:
    if url.startswith("/api/"):
        headers = {"Idempotency-Key": "a-key-of-sixteen-letters"}
        return client.generic(verb, url, data="{}", content_type="application/json", headers=headers)
    return client.generic(verb, url, content_type="application/x-www-form-urlencoded")


def _letter(answer: Any, tells: bool, where: str) -> str:
    status = answer.status_code
    if status in REFUSALS:
        return REFUSALS[status]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in NOT_HERE:
        raise AssertionError(f"{where}: {status}")
    if status >= HTTPStatus.BAD_REQUEST:
        return USELESS
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return DOOR if answer["Location"].startswith(DOORS) else SENT_ON
    return TOLD if tells else ANSWERED
