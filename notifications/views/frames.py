"""A mail inside a page: in a frame of its own, which may load and run nothing."""

from __future__ import annotations

import re

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http import HttpResponse

MAIL_CSP = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
}
"""A mail brings its styles along."""

SCREEN_QUERY = re.compile(r"@media \(prefers-color-scheme: dark\)")
SCHEMES = {"light": "@media not all", "dark": "@media all"}


def mail_frame(html: str, *, scheme: str = "") -> HttpResponse:
    """The HTML part as an answer for a frame; its links leave the frame. ``scheme`` ("light", "dark") is forced."""
    html = html.replace("<head>", '<head><base target="_top">', 1)
    if scheme in SCHEMES:
        html = SCREEN_QUERY.sub(SCHEMES[scheme], html)
        html = html.replace('content="light dark"', f'content="{scheme}"')
    response = HttpResponse(html)
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
