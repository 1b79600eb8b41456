"""Doing a thing once, however often it is asked for.

A caller claims a key before it starts; the claim is a committed row, so that everybody else sees it. The service
completes the claim *inside* the transaction that does the work. Work and answer are therefore committed together: a
crash before the commit leaves neither, a crash after it leaves both.

    # service: the outermost transaction, durable as always
    def booking_create(*, ..., idempotency: IdempotencyClaim | None = None) -> Booking:
        with translate_integrity_errors(), transaction.atomic(durable=True):
            booking = ...                             # lock, check, write
            if idempotency:
                idempotency.complete(booking)         # last statement of the transaction
        return booking

    # API view (see core.api.idempotency); pages call `idempotency_claim` themselves
    def post(self, request):
        form = self.validated(request)                # 4xx before anything is claimed
        return idempotent(
            request,
            execute=lambda claim: booking_create(**form, idempotency=claim),
            render=lambda booking: Answer(201, BookingSerializer(booking).data),
        )

A claim whose process died can be taken over after `LOCK_SECONDS`. Should the first attempt be alive after all, its
`complete` finds another token in the row, raises `ClaimLost`, and its transaction rolls back. A refusal (any error) is
not kept: `release` deletes the claim, and the same key may try again.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.utils.encoders import JSONEncoder

from core.exceptions import Conflict, ValidationFailed
from core.models import IdempotencyKey

LOCK_SECONDS = 60
KEPT_HOURS = 72
PRUNE_BATCH_ROWS = 5_000

logger = structlog.get_logger(__name__)


class IdempotencyKeyReused(ValidationFailed):
    """The key was used for a different request."""

    code = "idempotency_key_reused"
    message = _("This idempotency key was used for a different request. Use a new key for a new request.")


class IdempotencyInProgress(Conflict):
    """The first request with this key is still running."""

    code = "idempotency_in_progress"
    message = _("The first request with this idempotency key is still running. Ask again in a moment.")
    retry_after = 1


class ClaimLost(Conflict):
    """The attempt took longer than its lock, and another attempt has taken over. Nothing was done."""

    code = "idempotency_claim_lost"
    message = _("This took too long and was taken over by a repeated request. Ask again in a moment.")
    retry_after = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with: status, JSON-able body, headers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer that an earlier request with the same key got; `body_json` is byte for byte what was sent."""

    status: int
    body_json: str
    headers: dict[str, str]


@dataclass(slots=True)
class IdempotencyClaim:
    """The right to do the work of one key. Give it to the service, which completes it in its transaction.

    `render` turns the service's result into the answer; it runs inside the transaction.
    """

    key_id: int
    key: str
    lock_token: str
    render: Callable[[Any], Answer]
    replay: Replay | None = None

    def complete(self, result: Any) -> None:
        """Record the answer for `result`. One UPDATE, inside the transaction that did the work.

        Raises `ClaimLost` if another attempt has taken over, and `TransactionManagementError` outside a transaction.
        """
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError(
                "a claim is completed in the transaction that does the work"
            )
        answer = self.render(result)
        body_json = json.dumps(answer.body, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))
        completed = IdempotencyKey.objects.filter(
            pk=self.key_id, lock_token=self.lock_token, state=IdempotencyKey.State.IN_PROGRESS
        ).update(
            state=IdempotencyKey.State.COMPLETED,
            response_status=answer.status,
            response_body=body_json,
            response_headers=answer.headers,
        )
        if not completed:
            raise ClaimLost
        self.replay = Replay(answer.status, body_json, answer.headers)

    def release(self) -> None:
        """Give the key free after a refusal. What was committed as completed stays. One DELETE.

        A database that is away is no reason to hide the refusal: the lock runs out by itself.
        """
        try:
            IdempotencyKey.objects.filter(
                pk=self.key_id, lock_token=self.lock_token, state=IdempotencyKey.State.IN_PROGRESS
            ).delete()
        except DatabaseError as error:
            logger.warning("idempotency_release_failed", error=type(error).__name__)


def idempotency_claim(
    *,
    principal: str,
    key: str,
    request_hash: str,
    render: Callable[[Any], Answer],
    at: datetime | None = None,
) -> IdempotencyClaim | Replay:
    """Claim a key, or give the answer it already got. Committed on return: two or three queries, outside transactions.

    Raises `IdempotencyKeyReused` if the key belongs to a different request, `IdempotencyInProgress` while the first
    request is running.
    """
    at = at or timezone.now()
    claim = IdempotencyClaim(key_id=0, key=key, lock_token=secrets.token_hex(16), render=render)
    for _attempt in range(3):
        key_id = _key_insert(principal, key, request_hash, claim.lock_token, at)
        if key_id is None:
            key_id = _key_take_over(principal, key, request_hash, claim.lock_token, at)
        if key_id is not None:
            claim.key_id = key_id
            return claim
        row = IdempotencyKey.objects.filter(principal=principal, key=key).first()
        if row is None:  # released between the insert and this look: claim it anew
            continue
        if row.request_hash != request_hash:
            raise IdempotencyKeyReused(field="Idempotency-Key")
        if row.state == IdempotencyKey.State.COMPLETED:
            return Replay(row.response_status or 200, row.response_body, row.response_headers)
        break
    raise IdempotencyInProgress


def idempotency_replay(
    *, principal: str, key: str, request_hash: str, at: datetime | None = None
) -> Replay | None:
    """The answer that the same request got already, for who only looks; None without one. One query."""
    row = IdempotencyKey.objects.filter(
        principal=principal,
        key=key,
        request_hash=request_hash,
        state=IdempotencyKey.State.COMPLETED,
        expires_at__gt=at or timezone.now(),
    ).first()
    return Replay(row.response_status or 200, row.response_body, row.response_headers) if row else None


def idempotency_keys_expired(*, at: datetime) -> int:
    """How many keys may be deleted. One query."""
    return IdempotencyKey.objects.filter(expires_at__lte=at).count()


def idempotency_keys_prune(*, at: datetime | None = None, batch_rows: int = PRUNE_BATCH_ROWS) -> int:
    """Delete expired keys, `batch_rows` per statement, and say how many. Raises `ValueError` below one row."""
    at = at or timezone.now()
    if batch_rows < 1:
        raise ValueError("a batch has at least one row")
    total = 0
    while True:
        expired = (
            IdempotencyKey.objects.filter(expires_at__lte=at).order_by("expires_at").values("pk")[:batch_rows]
        )
        deleted, _rows = IdempotencyKey.objects.filter(pk__in=expired).delete()
        total += deleted
        if deleted < batch_rows:
            return total


def _expiry(at: datetime) -> datetime:
    return at + timedelta(hours=getattr(settings, "IDEMPOTENCY_KEY_HOURS", KEPT_HOURS))


def _key_insert(principal: str, key: str, request_hash: str, lock_token: str, at: datetime) -> int | None:
    """The id of the new row, or None if the key is there already. Waits for nobody but a concurrent insert."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_idempotencykey
                (principal, key, request_hash, state, lock_token, locked_at, response_body, response_headers,
                 created_at, expires_at)
            VALUES (%s, %s, %s, 'in_progress', %s, %s, '', '{}', %s, %s)
            ON CONFLICT (principal, key) DO NOTHING
            RETURNING id
            """,
            [principal, key, request_hash, lock_token, at, at, _expiry(at)],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _key_take_over(principal: str, key: str, request_hash: str, lock_token: str, at: datetime) -> int | None:
    """The id of a row that is free: expired, or the same request's with a lock that ran out. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE core_idempotencykey
               SET request_hash = %(hash)s, state = 'in_progress', lock_token = %(token)s, locked_at = %(at)s,
                   response_status = NULL, response_body = '', response_headers = '{}',
                   created_at = %(at)s, expires_at = %(expires)s
             WHERE principal = %(principal)s AND key = %(key)s
               AND (expires_at <= %(at)s
                    OR (state = 'in_progress' AND locked_at <= %(stale)s AND request_hash = %(hash)s))
            RETURNING id
            """,
            {
                "principal": principal,
                "key": key,
                "hash": request_hash,
                "token": lock_token,
                "at": at,
                "expires": _expiry(at),
                "stale": at - timedelta(seconds=LOCK_SECONDS),
            },
        )
        row = cursor.fetchone()
    return row[0] if row else None
