"""One request to an address that a user gave us."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
import structlog
from django.conf import settings

from core.observability.middleware import request_id_header
from core.resilience.timeouts import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS

from .addresses import Resolver, url_parse
from .exceptions import (
    OutboundAnswerUnreadable,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
    TooManyRedirects,
    UrlRefused,
)
from .transport import CheckedTransport, Deadline

TOTAL_SECONDS = 10.0
BODY_MAX_BYTES = 1_000_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What came back. `url` is where it came from after redirects, `address` the network address behind it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_truncated: bool
    seconds: float
    url: str
    address: str

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


def outbound_request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    total_seconds: float = TOTAL_SECONDS,
    body_max_bytes: int = BODY_MAX_BYTES,
    is_truncating: bool = False,
    redirects_max: int = 0,
    resolver: Resolver | None = None,
) -> OutboundAnswer:
    """Send one request and return the answer, whatever its status. Never called inside a transaction.

    Connecting takes at most 2 s, each read 5 s, everything together ``total_seconds``. A body of more than
    ``body_max_bytes`` is cut there with ``is_truncating``, otherwise refused; the rest is not read. Redirects of GET
    and HEAD are followed up to ``redirects_max``, each checked like the first address; without any, a redirect is an
    answer like another. Environment, proxies and cookies play no part.

    It carries the id of the request that it is done for (`X-Request-ID`), and one log line says how it ended.

    Raises `UrlRefused`, `AddressRefused`, `NameNotFound`, `OutboundTimeout`, `OutboundUnreachable`,
    `OutboundAnswerUnreadable`, `OutboundTooLarge`, `TooManyRedirects`: all of them `OutboundError`.
    """
    started = time.monotonic()
    deadline = Deadline(total_seconds)
    target = url_parse(url)
    sent = {"User-Agent": f"{settings.SITE_NAME} (+{settings.SITE_URL})", "Accept-Encoding": "identity"}
    sent |= request_id_header()
    for hop in range(redirects_max + 1):
        with CheckedTransport(deadline=deadline, resolver=resolver) as transport:
            answer = _exchange(
                transport,
                httpx.Request(method, target, headers=sent | dict(headers or {}), content=content),
                started=started,
                body_max_bytes=body_max_bytes,
                is_truncating=is_truncating,
            )
        location = answer.headers.get("location")
        if not (redirects_max and location and answer.status in REDIRECTS and method in ("GET", "HEAD")):
            return answer
        if hop < redirects_max:
            target = _next_hop(target, location)
    raise TooManyRedirects(field="url")


def _next_hop(target: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = target.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise UrlRefused(field="url") from error
    return url_parse(str(joined))


def _exchange(
    transport: CheckedTransport,
    request: httpx.Request,
    *,
    started: float,
    body_max_bytes: int,
    is_truncating: bool,
) -> OutboundAnswer:
    request.extensions = {
        "timeout": {
            "connect": CONNECT_TIMEOUT_SECONDS,
            "read": READ_TIMEOUT_SECONDS,
            "write": READ_TIMEOUT_SECONDS,
            "pool": CONNECT_TIMEOUT_SECONDS,
        }
    }
    log = logger.bind(method=request.method, host=request.url.host)
    try:
        with _failure_logged(log, started):
            response = transport.handle_request(request)
            try:
                body, is_truncated = _body_read(response, body_max_bytes, is_truncating=is_truncating)
            finally:
                response.close()
    except httpcore.TimeoutException as error:
        raise OutboundTimeout(field="url") from error
    except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
        raise OutboundUnreachable(field="url", data={"reason": str(error)[:200]}) from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise OutboundAnswerUnreadable(field="url") from error
    log.info("outbound_call", status=response.status_code, duration_ms=_milliseconds(started))
    return OutboundAnswer(
        status=response.status_code,
        headers=dict(response.headers),
        body=body,
        is_truncated=is_truncated,
        seconds=time.monotonic() - started,
        url=str(request.url),
        address=transport.backend.address,
    )


@contextmanager
def _failure_logged(log: Any, started: float) -> Iterator[None]:
    """Log that a call ended without an answer; the error goes on."""
    try:
        yield
    except Exception as error:
        log.warning("outbound_failed", error=type(error).__name__, duration_ms=_milliseconds(started))
        raise


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _body_read(response: httpx.Response, body_max_bytes: int, *, is_truncating: bool) -> tuple[bytes, bool]:
    """The body as it was sent, and whether it goes on. Raises `OutboundTooLarge`, `OutboundAnswerUnreadable`."""
    if not is_truncating:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise OutboundAnswerUnreadable(field="url")
        if _announced(response) > body_max_bytes:
            raise OutboundTooLarge(field="url", data={"max_bytes": body_max_bytes})
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > body_max_bytes:
            if not is_truncating:
                raise OutboundTooLarge(field="url", data={"max_bytes": body_max_bytes})
            return bytes(body[:body_max_bytes]), True
    return bytes(body), False


def _announced(response: httpx.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
