"""Rate limits: exact under concurrency, told in headers, and silent when the cache server is away.

A window begins with a client's first request and lasts the period of the rate. Counting is one atomic script on the
cache server. Without it requests are let through and counted (`cache stats: throttle`), because a hotel that cannot be
booked is worse than one that is asked too often.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from core.cache.client import cache_key, cache_server
from core.cache.stats import stats

if TYPE_CHECKING:
    from rest_framework.views import APIView

PERIOD_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

COUNT = """
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    left = tonumber(ARGV[1])
end
return {count, left}
"""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Where a client stands: `limit` requests per window, `used` of them, `reset_seconds` until it begins anew."""

    limit: int
    used: int
    reset_seconds: int

    @property
    def remaining(self) -> int:
        """Requests that are left in this window."""
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """The response headers; `Retry-After` only if the request was refused."""
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_seconds),
        }
        if self.is_exceeded:
            headers["Retry-After"] = str(self.reset_seconds)
        return headers


def rate_parse(rate: str) -> tuple[int, int]:
    """`20/min` as (20, 60). Raises `ValueError` for anything else."""
    number, separator, period = rate.partition("/")
    if not separator or period[:1] not in PERIOD_SECONDS:
        raise ValueError(f"a rate is like 20/min, not {rate!r}")
    return int(number), PERIOD_SECONDS[period[0]]


def client_address(request: HttpRequest) -> str:
    """The socket's address, or behind `NUM_PROXIES` proxies of ours the one that the outermost of them saw."""
    address = request.META.get("REMOTE_ADDR") or "unknown"
    proxies = api_settings.NUM_PROXIES or 0
    forwarded = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    return forwarded[-min(proxies, len(forwarded))] if proxies and forwarded else address


def rate_limit_hit(scope: str, client: str) -> RateLimit | None:
    """Count one request of `client` in `scope` (a name in `DEFAULT_THROTTLE_RATES`). None without a cache server."""
    limit, period = rate_parse(str(api_settings.DEFAULT_THROTTLE_RATES[scope]))
    # Not the address itself: nothing personal stands in the cache.
    key = cache_key("rate", scope, salted_hmac("core.api.throttling", client).hexdigest()[:24])
    counted: Any = cache_server().call(lambda redis: redis.eval(COUNT, 1, key, period * 1000), default=None)
    if counted is None:
        stats.count("throttle", "errors")
        return None
    used, milliseconds = counted
    return RateLimit(limit, int(used), max(1, math.ceil(int(milliseconds) / 1000)))


def rate_limit_note(request: HttpRequest, rate_limit: RateLimit) -> None:
    """Remember the tightest limit of a request, for the headers of its response."""
    noted: RateLimit | None = getattr(request, "rate_limit", None)
    if noted is None or (rate_limit.is_exceeded, -rate_limit.remaining) > (
        noted.is_exceeded,
        -noted.remaining,
    ):
        request.rate_limit = rate_limit  # type: ignore[attr-defined]


def client_of(request: HttpRequest | Request) -> str:
    """Whose requests are counted together: the user's, or those of an address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{client_address(getattr(request, '_request', request))}"


class ClientRateThrottle(BaseThrottle):
    """The limit for everything: `client`, per user or address."""

    rate_limit: RateLimit | None = None

    def scope_of(self, view: APIView) -> str | None:
        """The scope that this view counts in; None if it does not count here."""
        return "client"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request. True while the client is within the limit, and when nobody can count."""
        scope = self.scope_of(view)
        if scope is None:
            return True
        self.rate_limit = rate_limit_hit(scope, client_of(request))
        if self.rate_limit is None:
            return True
        rate_limit_note(request._request, self.rate_limit)
        return not self.rate_limit.is_exceeded

    def wait(self) -> float | None:
        """Seconds until the next window."""
        return self.rate_limit.reset_seconds if self.rate_limit else None


class SensitiveRateThrottle(ClientRateThrottle):
    """The limit of a view with `throttle_scope = "sensitive"`: what is costly or can be guessed."""

    def scope_of(self, view: APIView) -> str | None:
        return getattr(view, "throttle_scope", None)


def rate_limited(
    scope: str, *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator for page views (log-in, look-up): requests beyond the limit get the page `429.html`."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            rate_limit = rate_limit_hit(scope, client_of(request))
            if rate_limit is None:
                return view(request, *args, **kwargs)
            if rate_limit.is_exceeded:
                context = {"retry_after": rate_limit.reset_seconds}
                response = render(request, "429.html", context, status=429)
            else:
                response = view(request, *args, **kwargs)
            for name, value in rate_limit.headers().items():
                response[name] = value
            return response

        return limited

    return decorate
