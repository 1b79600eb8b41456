"""What every answer tells browsers not to do, static files and errors among them.

Django's SecurityMiddleware, the frame options and django-csp set theirs; this is for the rest, and for answers that
come from above them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .robots import is_private

POLICY = "Content-Security-Policy"
NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For what is no page and asks for nothing itself."""
PERMISSIONS = {
    "accelerometer": (),
    "autoplay": (),
    "browsing-topics": (),
    "camera": (),
    "display-capture": (),
    "fullscreen": ("self",),
    "geolocation": (),
    "gyroscope": (),
    "hid": (),
    "magnetometer": (),
    "microphone": (),
    "midi": (),
    "payment": ("self", '"https://js.stripe.com"', '"https://hooks.stripe.com"'),
    "publickey-credentials-get": ("self",),
    "screen-wake-lock": (),
    "serial": (),
    "usb": (),
    "xr-spatial-tracking": (),
}
"""Which powers of the browser pages may use, and from where: almost none."""
PERMISSIONS_POLICY = ", ".join(f"{name}=({' '.join(allowed)})" for name, allowed in PERMISSIONS.items())


class SecurityHeadersMiddleware:
    """Add what is missing to every answer. Above everything that answers by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.shared = tuple(
            prefix for prefix in (settings.MEDIA_URL, settings.STATIC_URL) if prefix.startswith("/")
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", self._resource_policy(request.path))
        headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        headers.setdefault(POLICY, NOTHING_POLICY)
        if is_private(request.path):
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    def _resource_policy(self, path: str) -> str:
        """Pictures and styles are public, and mail programs in browsers show them; nothing else is for other sites."""
        return "cross-origin" if path.startswith(self.shared) else "same-origin"
