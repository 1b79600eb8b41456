"""Secrets and signatures as Standard Webhooks has them: https://www.standardwebhooks.com.

A secret is derived from a random seed with the site's secret key, so that the database and its backups hold nothing
that could sign. The hash beside the seed tells with which of the site's keys it was derived.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable

from django.conf import settings
from django.utils.encoding import force_bytes

from core.references import token_hash, token_matches

PREFIX = "whsec_"
PURPOSE = "notifications.webhooks"
SEED_BYTES = 24


def seed_new() -> str:
    """A random seed of 192 bits."""
    return secrets.token_hex(SEED_BYTES)


def secret_new(seed: str) -> tuple[str, str]:
    """The secret of a seed, and its hash."""
    secret = _derive(seed, settings.SECRET_KEY)
    return secret, token_hash(secret)


def secret_of(*, seed: str, secret_hash: str) -> str:
    """The secret again, or "" if the site's key it was derived with is not known any more."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = _derive(seed, key)
        if token_matches(secret, secret_hash):
            return secret
    return ""


def signature_header(*, secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """One signature per secret, `v1,<base64>`, with spaces between them."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(
        "v1,"
        + b64encode(
            hmac.new(b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
        ).decode()
        for secret in secrets
    )


def _derive(seed: str, key: str | bytes) -> str:
    purpose_key = hashlib.sha256(f"{PURPOSE}:".encode() + force_bytes(key)).digest()
    return PREFIX + b64encode(hmac.new(purpose_key, seed.encode(), hashlib.sha256).digest()).decode()
