from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may use: the site's name, and whether the development pages exist."""
    return {"site_name": settings.SITE_NAME, "demo_pages": settings.DEMO_PAGES}
