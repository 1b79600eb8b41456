"""What search engines are asked to leave alone: everything about one person, and all that is no page for reading."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PRIVATE = (
    *(
        "/account/",
        "/admin/",
        "/alerts/",
        "/api/",
        "/book/",
        "/booking/",
        "/calendars/",
        "/dev/",
        "/find-booking/",
    ),
    *("/inbox/", "/language/", "/metrics", "/my/", "/search/", "/space-calendars/", "/spaces/", "/trips/"),
    *("/unsubscribe/", "/waitlist/", "/hotels/*/alerts/", "/hotels/*/spaces/*/book/", "/hotels/*/waitlist/"),
)
"""Beginnings of addresses. Their pages say `noindex` themselves where a link may have found its way to an engine."""


@require_safe
@cache_control(public=True, max_age=86_400)
def robots_file(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`. No query."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def is_private(path: str) -> bool:
    """Whether search engines are asked to leave an address alone, wherever a link to it stands."""
    return path.startswith(tuple(beginning for beginning in PRIVATE if "*" not in beginning))
