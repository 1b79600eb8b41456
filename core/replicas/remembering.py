"""What a browser, a user or a token has written lately: the position of the primary's log after it.

A browser carries it in a signed cookie, which needs no server. Programs carry no cookies, so that of a user, a token or
a booking's own token stands on the cache server, under a hash. Without that server nobody knows, and such a client
reads from the primary.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from redis import Redis

from core.cache.client import cache_key, cache_server
from core.replicas.positions import NOWHERE

COOKIE = "vacancy_written"
SALT = "core.replicas.remembering"
CREDENTIALS = ("HTTP_AUTHORIZATION", "HTTP_X_BOOKING_TOKEN")


def remembered_seconds() -> int:
    """How long it is remembered: longer than a copy that is in use may be behind."""
    return int(settings.REPLICA_LAG_SECONDS_MAX) + 60


def position_remember(request: HttpRequest, response: HttpResponse, position: int) -> None:
    """Remember that this client has written, up to `position` (bytes of the log)."""
    seconds = remembered_seconds()
    response.set_cookie(
        COOKIE,
        signing.dumps(position, salt=SALT),
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    keys = _keys(request)

    def store(redis: Redis) -> bool:
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.set(key, position, ex=seconds)
        pipeline.execute()
        return True

    if keys:
        cache_server().call(store, default=False)


def position_remembered(request: HttpRequest) -> int | None:
    """What this client's reads have to be past; None if nobody can tell. At most one round trip."""
    position = _from_cookie(request)
    keys = _keys(request)
    if not keys:
        return position
    found = cache_server().call(lambda redis: redis.mget(keys), default=None)
    if found is None:
        return None
    return max(position, *(int(value) if value else NOWHERE for value in found))


def _from_cookie(request: HttpRequest) -> int:
    given = request.COOKIES.get(COOKIE)
    if given is None:
        return NOWHERE
    try:
        return int(signing.loads(given, salt=SALT, max_age=remembered_seconds()))
    except (signing.BadSignature, ValueError, TypeError):
        return NOWHERE


def _keys(request: HttpRequest) -> list[str]:
    """Where it stands what this client has written: one for the user, one for each token that came with the request."""
    names = [f"{name}:{request.META[name]}" for name in CREDENTIALS if request.META.get(name)]
    if settings.SESSION_COOKIE_NAME in request.COOKIES or names:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            names.append(f"user:{user.pk}")
    return [cache_key("written", salted_hmac(SALT, name).hexdigest()[:32]) for name in names]
