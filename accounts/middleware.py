"""When each device was last seen."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

DEVICE_SEEN_KEY = "_device_seen_at"
SEEN_SECONDS = 900


class DeviceSeenMiddleware:
    """Write down that a device was here, every quarter of an hour at most: other pages cost no query for it.

    After AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = time.time()
            seen = request.session.get(DEVICE_SEEN_KEY)
            if seen is None or now - seen >= SEEN_SECONDS:
                request.session[DEVICE_SEEN_KEY] = now
                key = request.session.session_key
                UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
        return self.get_response(request)


@receiver(user_logged_in)
def device_seen_first(request: HttpRequest | None = None, **_kwargs: object) -> None:
    """A device that logs in is seen then."""
    if request is not None and hasattr(request, "session"):
        request.session[DEVICE_SEEN_KEY] = time.time()
