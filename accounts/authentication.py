"""How programs say who they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from .exceptions import SecondFactorMissing
from .models import User
from .second_factor import second_factor_is_missing
from .selectors import second_factor_is_set


class ApiTokenAuthentication(TokenAuthentication):
    """By a token in the header `Authorization: Token …`. What is not text is no token.

    One of staff opens nothing without a second factor where that is required, however old the token is.
    """

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isascii():
            raise AuthenticationFailed(_("Invalid token."))
        user, auth = super().authenticate_credentials(token)
        if settings.STAFF_SECOND_FACTOR_REQUIRED and user.is_staff and not second_factor_is_set(user):
            raise SecondFactorMissing
        return user, auth


class ApiSessionAuthentication(SessionAuthentication):
    """By the log-in of the pages; of staff only with their second factor where it is required."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        if isinstance(user, User) and second_factor_is_missing(request._request, user):
            raise SecondFactorMissing
        return found


class ApiTokenScheme(KnoxTokenScheme):
    """The same in the API description."""

    target_class = "accounts.authentication.ApiTokenAuthentication"


class ApiSessionScheme(SessionScheme):
    """The same in the API description."""

    target_class = "accounts.authentication.ApiSessionAuthentication"
