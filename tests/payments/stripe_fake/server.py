"""The fake as a server: routes, keys, signatures, and the ways in which a provider lets one down."""

from __future__ import annotations

import copy
import itertools
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import stripe

from . import pages
from .account import Account, ApiError, Row
from .forms import form_read

WEBHOOK_SECRET = "whsec_fake_of_the_tests"
SECRET_KEY = "sk_test_fake_of_the_tests"
PUBLISHABLE_KEY = "pk_test_fake_of_the_tests"


class StripeFake:
    """A Stripe account on a loopback port.

    ``calls`` are the API requests in order, as ``(method, path)``. While ``in_time`` is not set, answers wait for it,
    after the work is done; ``fail_status`` answers with an error instead of working. ``events`` are the signed events
    so far; they are sent by whoever asks for it, in whatever order.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.bodies: list[str] = []
        self.events: list[Row] = []
        self.in_time = threading.Event()
        self.in_time.set()
        self.fail_status = 0
        self._lock = threading.RLock()
        self._keys: dict[str, tuple[str, str, int, Any]] = {}
        self._numbers = itertools.count(1)
        self.account = Account(self._announce)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self.port = self._server.server_address[1]
        self.url = self.account.base_url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening: connections are refused from now on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reopen(self) -> None:
        """Listen on the same port again."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    # --- what the test does at the provider -------------------------------------------------------------------------

    def intent(self) -> Row:
        """The newest PaymentIntent."""
        return list(self.account.intents.values())[-1]

    def session(self) -> Row:
        """The newest Checkout Session."""
        return list(self.account.sessions.values())[-1]

    def signed(self, event: Row, *, at: float | None = None, secret: str = WEBHOOK_SECRET) -> dict[str, Any]:
        """An event as it is posted: the body and its headers."""
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(body, secret, int(at or time.time()))
        return {"body": body.encode(), "headers": {"Stripe-Signature": header}}

    def event(self, event_type: str) -> Row:
        """The newest event of a type."""
        return next(event for event in reversed(self.events) if event["type"] == event_type)

    def _announce(self, event_type: str, about: Row) -> None:
        public = {key: value for key, value in copy.deepcopy(about).items() if not key.startswith("_")}
        self.events.append(
            {
                "id": f"evt_fake{next(self._numbers):04}{secrets.token_hex(6)}",
                "object": "event",
                "type": event_type,
                "created": int(time.time()),
                "livemode": False,
                "data": {"object": public},
            }
        )

    # --- the API ----------------------------------------------------------------------------------------------------

    def answer(self, method: str, target: str, body: str, headers: Any) -> tuple[int, Any]:
        """Answer an API request, with idempotency keys as Stripe has them."""
        path = urlsplit(target).path
        with self._lock:
            self.calls.append((method, path))
            self.bodies.append(body)
            if headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}
            if self.fail_status:
                return self.fail_status, {"error": {"type": "api_error", "message": "Sorry."}}
            key = headers.get("Idempotency-Key") if method == "POST" else None
            if key and key in self._keys:
                known_path, known_body, status, answer = self._keys[key]
                if (known_path, known_body) != (path, body):
                    return 400, {"error": {"type": "idempotency_error", "message": "Other parameters."}}
                return status, answer
            status, answer = self._work(method, path, form_read(body or urlsplit(target).query))
            answer = copy.deepcopy(answer)
            if key and status < 500:
                self._keys[key] = (path, body, status, answer)
        return status, answer

    def _work(self, method: str, path: str, params: Row) -> tuple[int, Any]:
        try:
            return 200, self._route(method, path.removeprefix("/v1/").split("/"), params)
        except ApiError as error:
            return error.status, error.body

    def _route(self, method: str, parts: list[str], params: Row) -> Any:
        if parts[0] == "checkout":
            parts = [f"checkout/{parts[1]}", *parts[2:]]
        name, rest = parts[0], parts[1:]
        rows = {
            "payment_intents": self.account.intents,
            "checkout/sessions": self.account.sessions,
            "refunds": self.account.refunds,
            "disputes": self.account.disputes,
        }[name]
        if not rest:
            return self._create(name, params) if method == "POST" else self._list(name, rows, params)
        row = rows.get(rest[0])
        if row is None:
            raise ApiError(404, f"No such {name}", code="resource_missing", param="id")
        if len(rest) == 1:
            return self._shown(row)
        actions: dict[str, Callable[[], Row]] = {
            "cancel": lambda: self.account.intent_cancel(row),
            "capture": lambda: self.account.intent_capture(row, params),
            "expire": lambda: self.account.session_expire(row),
        }
        return self._shown(actions[rest[1]]())

    def _create(self, name: str, params: Row) -> Any:
        makers = {
            "payment_intents": self.account.intent_create,
            "checkout/sessions": self.account.session_create,
            "refunds": self.account.refund_create,
        }
        return self._shown(makers[name](params))

    def _list(self, name: str, rows: dict[str, Row], params: Row) -> Any:
        found = list(rows.values())[::-1]
        created = params.get("created") or {}
        if "gte" in created:
            found = [row for row in found if int(created["gte"]) <= row["created"] <= int(created["lte"])]
        if "payment_intent" in params:
            found = [row for row in found if row["payment_intent"] == params["payment_intent"]]
        after = params.get("starting_after")
        ids = [row["id"] for row in found]
        found = found[ids.index(after) + 1 :] if after else found
        limit = int(params.get("limit", 10))
        data = [self._shown(row) for row in found[:limit]]
        return {"object": "list", "url": f"/v1/{name}", "data": data, "has_more": len(found) > limit}

    def _shown(self, row: Row) -> Row:
        """A row as the API shows it, with the intent of a session in full."""
        shown = {key: value for key, value in row.items() if not key.startswith("_")}
        if row["object"] == "checkout.session" and row["payment_intent"]:
            shown["payment_intent"] = self.account.intents[row["payment_intent"]]
        return shown

    def page(self, method: str, path: str, body: str) -> tuple[int, str]:
        """Stripe's own page, where a guest pays: the status with HTML, or with the address to go to."""
        with self._lock:
            return pages.answer(self.account, method, path, form_read(body))


class _Server(ThreadingHTTPServer):
    """Closing it ends the connections that are kept open, too, as a machine that goes down would."""

    daemon_threads = True
    fake: StripeFake

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        fake = self.server.fake
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            status, answer = fake.answer(self.command, self.path, body, self.headers)
            fake.in_time.wait(60)
            self._send(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})
            return
        status, text = fake.page(self.command, path, body)
        headers = {"Location": text} if status == 303 else {"Content-Type": "text/html; charset=utf-8"}
        self._send(status, b"" if status == 303 else text.encode(), headers)

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server calls

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # who asked has given up: that is what slow tests want

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""
