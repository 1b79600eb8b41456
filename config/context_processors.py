from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.selectors import inbox_unread_glance


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may use: the site's name, whether the development pages exist, and the unread messages.

    Those are counted only by pages that show them.
    """
    return {
        "site_name": settings.SITE_NAME,
        "demo_pages": settings.DEMO_PAGES,
        "unread_messages": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return inbox_unread_glance(user) if isinstance(user, User) else 0
