"""Staff and their second factor: where it is required, nothing of a house opens without it."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .models import User
from .selectors import second_factor_is_set

OPEN = ("/account/", "/api/", "/language/", "/livez", "/media/", "/readyz", "/robots.txt", "/static/")
"""What staff without a second factor reach: setting it up, and what is everybody's. The API asks for itself."""


def second_factor_is_missing(request: HttpRequest, user: User) -> bool:
    """Whether the user works here and must set up a second factor first.

    No query where none is required, for guests, and where the session was opened with it.
    """
    if not (settings.STAFF_SECOND_FACTOR_REQUIRED and (user.is_staff or user.is_superuser)):
        return False
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return False
    return not second_factor_is_set(user)


class StaffSecondFactorMiddleware:
    """Send staff without a second factor to where it is set up, from every page. After AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            messages.warning(
                request, _("Staff need a second factor. Please set up an authenticator app, then come back.")
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        return (
            settings.STAFF_SECOND_FACTOR_REQUIRED
            and not request.path.startswith(OPEN)
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and isinstance(request.user, User)
            and second_factor_is_missing(request, request.user)
        )
