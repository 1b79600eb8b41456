"""What happens to a request before Django makes one of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

FOR_MACHINES = frozenset({"/livez", "/readyz", "/metrics"})
"""Addresses that load balancers, Kubernetes and collectors ask for by the number of a machine or container."""


class Utf8Handler(WSGIHandler):
    """Text is UTF-8, whatever character set a request's Content-Type names; and a probe needs no host name.

    Django decodes the address with that set before any middleware runs, and a name that stands for something else
    (rot13, base64) or holds a NUL ends in an error that nobody answers. Who watches the processes cannot know the
    site's name, and these answers hold no address: they come under the name that is allowed first.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if "charset" in environ.get("CONTENT_TYPE", "").lower():
            environ["CONTENT_TYPE"] = _without_charset(environ["CONTENT_TYPE"])
        if environ.get("PATH_INFO") in FOR_MACHINES and settings.ALLOWED_HOSTS:
            environ["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
            environ.pop("HTTP_X_FORWARDED_HOST", None)
        return super().__call__(environ, start_response)


def _without_charset(content_type: str) -> str:
    parts = content_type.split(";")
    return ";".join(part for part in parts if not part.strip().lower().startswith("charset"))
