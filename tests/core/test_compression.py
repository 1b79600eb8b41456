"""Answers are compressed from 1 KB, with what that saves in the figures, and not where a length could tell a secret."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
from backports import zstd
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from core.cache.client import cache_server
from core.compression import CompressionMiddleware, compression_families
from core.observability.request_figures import counters_read
from core.observability.tallies import counters_key, tallies

TEXT = "".join(f"<li>house {number} of the city</li>" for number in range(200)).encode()
DECODE = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress}


def answer(
    content: bytes | Iterator[bytes] = TEXT,
    *,
    accept: str = "gzip, deflate, br, zstd",
    path: str = "/search",
    method: str = "GET",
    route: str = "search",
    app: str = "inventory",
    headers: dict[str, str] | None = None,
    cookies: dict[str, str] | None = None,
    sent: dict[str, str] | None = None,
    status: int = 200,
) -> Any:
    request = RequestFactory().generic(method, path, headers={"Accept-Encoding": accept} | (sent or {}))
    request.COOKIES |= cookies or {}
    request.resolver_match = SimpleNamespace(app_names=[app], url_name=route)  # type: ignore[assignment]
    kind = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    made = kind(content, headers=headers or {}, status=status)
    return CompressionMiddleware(lambda _request: made)(request)


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("zstd;q=0, br;q=0.5, gzip;q=0.8", "gzip"),
    ],
)
def test_the_best_coding_of_the_reader_is_taken(accept: str, coding: str) -> None:
    response = answer(accept=accept)

    assert response["Content-Encoding"] == coding
    assert "accept-encoding" in response["Vary"].lower()
    assert DECODE[coding](response.content) == TEXT
    assert int(response["Content-Length"]) == len(response.content) < len(TEXT) / 4


def test_it_begins_at_one_kilobyte() -> None:
    assert "Content-Encoding" not in answer(b"a" * 1023)
    assert answer(b"a" * 1024)["Content-Encoding"] == "zstd"


def test_a_stream_stays_a_stream() -> None:
    pulled = []

    def pieces() -> Iterator[bytes]:
        for number in range(4):
            pulled.append(number)
            yield TEXT

    response = answer(pieces())

    stream = iter(response)
    first = next(piece for piece in stream if piece)
    assert pulled == [0]
    assert zstd.decompress(first + b"".join(stream)) == TEXT * 4


@pytest.mark.parametrize(
    "options",
    [
        {"accept": "identity"},
        {"headers": {"Content-Type": "image/avif"}},
        {"headers": {"Content-Encoding": "br"}},
        {"status": 206},
        {"headers": {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}},
        {"method": "POST", "path": "/api/v1/tokens"},
        {"method": "POST", "path": "/search"},
        {"app": "admin", "route": "inventory_roomtype_change", "path": "/admin/inventory/roomtype/1/change/"},
        {"path": "/api/v1/webhooks", "cookies": {"sessionid": "abc"}},
    ],
)
def test_what_has_no_use_or_could_tell_a_secret_is_left_alone(options: dict[str, Any]) -> None:
    response = answer(**options)

    assert response.get("Content-Encoding") == options.get("headers", {}).get("Content-Encoding")
    assert response.content == TEXT
    assert "X-Noise" not in response


@pytest.mark.parametrize(
    "options",
    [
        {"app": "admin", "route": "bookings_booking_changelist", "headers": {"Cache-Control": "no-store"}},
        {"path": "/api/v1/properties"},
        {"path": "/api/v1/bookings", "cookies": {"sessionid": "abc"}, "sent": {"Authorization": "Token x"}},
        {"path": "/search", "cookies": {"sessionid": "abc"}},
    ],
)
def test_lists_and_programs_get_it(options: dict[str, Any]) -> None:
    assert answer(**options)["Content-Encoding"] == "zstd"


def test_equal_pages_differ_in_length() -> None:
    noises = {len(answer().get("X-Noise", "")) for _ in range(40)}

    assert len(noises) > 10


def test_the_figures_tell_the_ratio() -> None:
    tallies.forget()
    cache_server().redis.delete(counters_key())

    compressed = [answer(accept="br") for _ in range(3)]

    counters = counters_read()
    assert counters is not None
    figures = {
        (sample.name, *sample.labels.values()): sample.value
        for family in compression_families(counters)
        for sample in family.samples
    }
    sent = sum(len(response.content) for response in compressed)
    assert figures["vacancy_compressed_responses_total", "br"] == 3
    assert figures["vacancy_compressed_bytes_total", "br", "raw"] == 3 * len(TEXT)
    assert figures["vacancy_compressed_bytes_total", "br", "sent"] == sent
    assert figures["vacancy_compression_ratio", "br"] == pytest.approx(3 * len(TEXT) / sent)
    assert ("vacancy_compression_ratio", "gzip") not in figures
