"""Idempotency keys over HTTP: the `Idempotency-Key` header, what a request's identity is, and the replayed answer.

How a service and a view use it stands in `core.idempotency`. A view that requires the header says so with
`idempotency_required = ("post",)`, which also puts the header into the API description.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from core.exceptions import Malformed
from core.idempotency import Answer, IdempotencyClaim, Replay, idempotency_claim

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
KEY_MIN_LENGTH = 16
KEY_MAX_LENGTH = 255


class IdempotencyKeyRequired(Malformed):
    """The header is missing."""

    code = "idempotency_key_required"
    message = _(
        "Send an Idempotency-Key header with this request: a random value of your own, for example a UUID."
    )


class IdempotencyKeyInvalid(Malformed):
    """The header cannot be a key."""

    code = "idempotency_key_invalid"
    message = _("An Idempotency-Key has 16 to 255 visible ASCII characters.")


def idempotency_key_from(request: Request) -> str:
    """The key that the request brings. Raises `IdempotencyKeyRequired`, `IdempotencyKeyInvalid`."""
    key = request.headers.get(HEADER, "").strip()
    if not key:
        raise IdempotencyKeyRequired(field=HEADER)
    visible = key.isascii() and key.isprintable() and " " not in key
    if not visible or not KEY_MIN_LENGTH <= len(key) <= KEY_MAX_LENGTH:
        raise IdempotencyKeyInvalid(field=HEADER)
    return key


def request_hash(method: str, path: str, body: Any) -> str:
    """SHA-256 over method, path and body, with the body's members in a canonical order."""
    canonical = json.dumps(body, cls=JSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{method} {path}\n{canonical}".encode()).hexdigest()


def principal_of(request: Request) -> str:
    """Whose key it is: the user's, or everybody's who is not logged in (a key is unguessable there)."""
    return f"user:{request.user.pk}" if request.user and request.user.is_authenticated else "anonymous"


def idempotent(
    request: Request,
    *,
    execute: Callable[[IdempotencyClaim], Any],
    render: Callable[[Any], Answer],
    principal: str | None = None,
) -> Response:
    """Execute once per key and answer every repetition with the first answer, byte for byte.

    `execute` calls the service with the claim; the service completes it in its transaction. `render` makes the answer
    from what the service passes to `complete`. An error releases the key and goes on its way, so refusals are never
    replayed. Raises what `execute` raises, `IdempotencyKeyRequired`, `IdempotencyKeyReused`, `IdempotencyInProgress`.
    """
    claim = idempotency_claim(
        principal=principal or principal_of(request),
        key=idempotency_key_from(request),
        request_hash=request_hash(request.method or "", request.path, request.data),
        render=render,
    )
    if isinstance(claim, Replay):
        return _response(claim, replayed=True)
    try:
        execute(claim)
        if claim.replay is None:
            raise RuntimeError("the service did not complete its idempotency claim")
    except BaseException:
        claim.release()
        raise
    return _response(claim.replay, replayed=False)


def _response(replay: Replay, *, replayed: bool) -> Response:
    headers = dict(replay.headers)
    if replayed:
        headers[REPLAYED_HEADER] = "true"
    return Response(json.loads(replay.body_json), status=replay.status, headers=headers)
