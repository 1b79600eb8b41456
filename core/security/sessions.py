"""Sessions of staff end when nobody sits there any more, and sessions that are over are forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

SEEN_KEY = "_staff_seen_at"
REFRESH_SECONDS = 60
PRUNE_BATCH_ROWS = 1_000


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


def sessions_prune(*, at: datetime | None = None) -> int:
    """Delete the sessions whose time is over, in batches; how many. Safe to run twice at the same time."""
    over = Session.objects.filter(expire_date__lt=at or timezone.now())
    deleted = 0
    while True:
        keys = list(over.values_list("pk", flat=True)[:PRUNE_BATCH_ROWS])
        if not keys:
            return deleted
        deleted += Session.objects.filter(pk__in=keys).delete()[0]
