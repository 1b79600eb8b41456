"""The language of a reader, kept in the cookie that Django's LocaleMiddleware reads."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponseBase


def language_cookie_set(response: HttpResponseBase, language: str) -> None:
    """Remember the language in the browser; an empty or unknown one changes nothing."""
    if language not in dict(settings.LANGUAGES):
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
