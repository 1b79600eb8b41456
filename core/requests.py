"""What happens to a request before Django makes one of it."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler


class Utf8Handler(WSGIHandler):
    """Text is UTF-8, whatever character set a request's Content-Type names.

    Django decodes the address with that set before any middleware runs, and a name that stands for something else
    (rot13, base64) or holds a NUL ends in an error that nobody answers.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if "charset" in environ.get("CONTENT_TYPE", "").lower():
            environ["CONTENT_TYPE"] = _without_charset(environ["CONTENT_TYPE"])
        return super().__call__(environ, start_response)


def _without_charset(content_type: str) -> str:
    parts = content_type.split(";")
    return ";".join(part for part in parts if not part.strip().lower().startswith("charset"))
