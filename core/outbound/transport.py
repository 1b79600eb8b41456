"""The connection itself: to an address that was checked, and never longer than the whole request may take."""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import certifi
import httpcore
import httpx
from django.conf import settings

from .addresses import Resolver, addresses_checked


class Deadline:
    """How much time is left, whatever single reads may take."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def within(self, timeout: float | None) -> float:
        """The shorter of ``timeout`` and what is left, in seconds. Raises `httpcore.TimeoutException` at the end."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is over")
        return left if timeout is None else min(timeout, left)


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every step ends with the deadline: an answer that drips has no more time than another."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves, checks, and connects to what was checked. `address` is the one it is connected to."""

    def __init__(self, *, deadline: Deadline, resolver: Resolver | None = None) -> None:
        self._deadline = deadline
        self._resolver = resolver
        self._sockets = httpcore.SyncBackend()
        self.address = ""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the checked addresses in turn. Raises `AddressRefused`, `NameNotFound`, and what httpcore raises."""
        *earlier, last = addresses_checked(host, port, resolver=self._resolver)
        for address in earlier:
            try:
                return self._connect(address, port, timeout, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, timeout, socket_options)

    def _connect(
        self, address: str, port: int, timeout: float | None, socket_options: Iterable[Any] | None
    ) -> httpcore.NetworkStream:
        self.address = address
        stream = self._sockets.connect_tcp(
            address, port, timeout=self._deadline.within(timeout), socket_options=socket_options
        )
        return _DeadlineStream(stream, self._deadline)


class CheckedTransport(httpx.BaseTransport):
    """httpx's way to the network, through `CheckedBackend`: no proxy, no environment, one connection per request."""

    def __init__(self, *, deadline: Deadline, resolver: Resolver | None = None) -> None:
        self.backend = CheckedBackend(deadline=deadline, resolver=resolver)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls_context(settings.OUTBOUND_CA_FILE),
            max_keepalive_connections=0,
            network_backend=self.backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises httpcore's errors, which `core.outbound.client` translates."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_AnswerStream(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _AnswerStream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@functools.cache
def tls_context(ca_file: str) -> ssl.SSLContext:
    """Verify certificates and names, by the authorities of ``ca_file`` or, without one, those of `certifi`."""
    return ssl.create_default_context(cafile=ca_file or certifi.where())
