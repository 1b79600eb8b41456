"""Sessions of staff end when nobody sits there any more."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

SEEN_KEY = "_staff_seen_at"
REFRESH_SECONDS = 60


class IdleSessionMiddleware:
    """Log staff out after `STAFF_IDLE_MINUTES` without a request. Guests stay logged in.

    After AuthenticationMiddleware. The time is written at most once a minute, so a page costs no extra query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and request.user.is_authenticated
            and request.user.is_staff
        ):
            self._check(request, now=time.time())
        return self.get_response(request)

    def _check(self, request: HttpRequest, *, now: float) -> None:
        seen_at = request.session.get(SEEN_KEY)
        if seen_at is not None and now - seen_at >= settings.STAFF_IDLE_MINUTES * 60:
            logout(request)
            if hasattr(request, "_messages"):
                messages.info(request, _("You were logged out because nothing happened for a while."))
            return
        if seen_at is None or now - seen_at >= REFRESH_SECONDS:
            request.session[SEEN_KEY] = now
