"""Which browsers somebody has logged in with: a signed cookie says so, and nothing is stored.

Whoever clears their cookies is told of a new device again, which is the safe side.
"""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase

from .models import User

COOKIE_NAME = "devices"
COOKIE_SALT = "accounts.devices"
COOKIE_AGE_SECONDS = 400 * 24 * 3600
USERS_MAX = 10
"""A browser of a family or a front desk knows so many people; the one who came first is forgotten."""


def device_is_known(request: HttpRequest, user: User) -> bool:
    """Whether this user has logged in with this browser before. No query."""
    return str(user.pk) in _users(request)


def device_cookie_set(response: HttpResponseBase, request: HttpRequest, user: User) -> None:
    """Remember that this user has logged in with this browser."""
    users = [*(key for key in _users(request) if key != str(user.pk)), str(user.pk)]
    response.set_signed_cookie(
        COOKIE_NAME,
        ".".join(users[-USERS_MAX:]),
        salt=COOKIE_SALT,
        max_age=COOKIE_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _users(request: HttpRequest) -> list[str]:
    try:
        value = request.get_signed_cookie(
            COOKIE_NAME, default="", salt=COOKIE_SALT, max_age=COOKIE_AGE_SECONDS
        )
    except BadSignature:
        return []
    return [key for key in (value or "").split(".") if key]
