"""Compressed answers: zstd, Brotli or gzip from 1 KB, and plain ones where a length could tell a secret.

Who can make a browser ask for a page again and again with words of their own in the address, and sees how long the
answers are, learns whether the page repeats those words (BREACH). So a secret and what a stranger wrote may not be
compressed together:

- The tokens of forms are masked anew in each answer (Django), so they may be.
- Not compressed: answers to anything but GET and HEAD (they hold new tokens and keys), pages that must not be stored
  (`no-store`: accounts, two-factor, waitlist offers), forms of the administration (addresses of calendars, secrets of
  endpoints, beside the filters of a list), and the API when a browser's cookie opens it.
- A header of random length comes with every compressed answer, so that a few bytes cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_http_compression.middleware import HttpCompressionMiddleware
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.observability.tallies import tallies

COMPRESSION_MIN_BYTES = 1024
CODINGS = ("zstd", "br", "gzip")
FORM_ENDINGS = ("_change", "_add", "_history")


def compression_is_safe(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the length of the compressed answer tells nothing that its reader may not know."""
    if request.method not in {"GET", "HEAD"}:
        return False
    match = request.resolver_match
    if match is not None and match.app_names[:1] == ["admin"]:
        return not (match.url_name or "").endswith(FORM_ENDINGS)
    if "no-store" in response.headers.get("Cache-Control", ""):
        return False
    by_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES and "Authorization" not in request.headers
    return not (by_cookie and request.path.startswith("/api/"))


class CompressionMiddleware(HttpCompressionMiddleware):
    """Compresses what is worth it and safe, and counts what that saved."""

    def maybe_compress(self, request: HttpRequest, response: HttpResponseBase) -> None:
        content = None if response.streaming else response.content  # type: ignore[attr-defined]
        length = (
            int(response.headers.get("Content-Length", COMPRESSION_MIN_BYTES))
            if content is None
            else len(content)
        )
        if length < COMPRESSION_MIN_BYTES or response.status_code == 206:
            return
        if not compression_is_safe(request, response):
            return
        super().maybe_compress(request, response)
        coding = response.headers.get("Content-Encoding")
        if content is not None and coding in CODINGS:
            sent = len(response.content)  # type: ignore[attr-defined]
            tallies.count({f"z|{coding}|n": 1, f"z|{coding}|raw": length, f"z|{coding}|sent": sent})


def compression_families(counters: dict[str, int]) -> Iterable[Metric]:
    """What compression saved, by coding; what is streamed is not counted, because its size is never known."""
    answers = CounterMetricFamily(
        "vacancy_compressed_responses", "Responses that were compressed.", labels=("coding",)
    )
    sizes = CounterMetricFamily(
        "vacancy_compressed_bytes", "Bytes of these responses, raw and as sent.", labels=("coding", "stage")
    )
    ratio = GaugeMetricFamily(
        "vacancy_compression_ratio", "Raw bytes for each byte that was sent.", labels=("coding",)
    )
    for coding in CODINGS:
        raw, sent = (counters.get(f"z|{coding}|{stage}", 0) for stage in ("raw", "sent"))
        answers.add_metric((coding,), counters.get(f"z|{coding}|n", 0))
        sizes.add_metric((coding, "raw"), raw)
        sizes.add_metric((coding, "sent"), sent)
        if sent:
            ratio.add_metric((coding,), raw / sent)
    yield answers
    yield sizes
    yield ratio
