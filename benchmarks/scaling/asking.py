"""The requests of a real day, in kinds, with the shares that `make load` counted (docs/performance.md)."""

from __future__ import annotations

import io
import json
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.utils.http import urlencode

from benchmarks.data.sizes import LARGE_CITY, ROOM_TYPES_PER_PROPERTY, SMALL_CITY, Size
from benchmarks.errors import BenchmarkError
from benchmarks.operations import NIGHTS

FreeStay = Callable[[int], tuple[int, date, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests that cost alike. ``share`` of all requests, in parts of a thousand."""

    key: str
    title: str
    share: int
    on_copy: bool
    ask: Callable[[Day, int], object]


@dataclass
class Day:
    """A site with the data of the benchmarks, and the bookings that were made in it."""

    size: Size
    today: date
    free_stay: FreeStay
    application: WSGIHandler = field(default_factory=WSGIHandler)
    held: list[tuple[str, str]] = field(default_factory=list)
    """Reference and access token of each booking that was made."""

    def get(self, path: str, *, token: str = "") -> Any:
        """Read."""
        return self.answer(path, None, token)

    def post(self, path: str, body: Mapping[str, Any], *, token: str = "") -> Any:
        """Do something."""
        return self.answer(path, body, token)

    def answer(self, path: str, body: Mapping[str, Any] | None, token: str) -> Any:
        """A whole request through all the middleware; the JSON of the answer. Raises BenchmarkError for a refusal."""
        content = json.dumps(body).encode() if body is not None else b""
        place, _mark, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": place,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_IDEMPOTENCY_KEY": uuid.uuid4().hex,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if token:
            environ["HTTP_X_BOOKING_TOKEN"] = token
        statuses: list[str] = []

        def start_response(status: str, _headers: Any, _error: Any = None, /) -> Any:
            statuses.append(status)

        response = self.application(environ, start_response)
        text = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        if not statuses[0].startswith("2"):
            raise BenchmarkError(f"{path} answered {statuses[0]}: {text[:300]!r}")
        return json.loads(text) if text.startswith(b"{") else None

    def stay(self, number: int) -> str:
        """The query of a stay. Three of four have been asked for before; under load as many come from the cache."""
        days, nights = (
            (number % 12 * 7, NIGHTS) if number % 4 else (90 + number * 3 % 240, 1 + number // 4 % 5)
        )
        arrival = self.today + timedelta(days=20 + days)
        asked: dict[str, Any] = {
            "arrival": arrival,
            "departure": arrival + timedelta(days=nights),
            "adults": 2,
        }
        return urlencode(asked)

    def city(self, number: int) -> str:
        """Seven of ten look in the small city, as under load."""
        return SMALL_CITY if number % 10 < 7 else LARGE_CITY

    def house(self, number: int) -> str:
        """A house of the small city."""
        return f"bench-{1 + number % self.size.small_city_houses}"

    def hold(self, number: int) -> None:
        """Hold a room, and remember the booking."""
        room_type, arrival, total = self.free_stay(number)
        answer = self.post(
            "/api/v1/bookings/",
            {
                "room_type": room_type,
                "rate_plan": 2 * ((room_type - 1) // ROOM_TYPES_PER_PROPERTY) + 1,
                "arrival": arrival.isoformat(),
                "departure": (arrival + timedelta(days=NIGHTS)).isoformat(),
                "adults": 2,
                "expected_total": {"amount": total, "currency": "EUR"},
                "guest": {"name": "Ada Lovelace", "email": f"{uuid.uuid4().hex[:12]}@guest.example"},
            },
        )
        self.held.append((answer["reference"], answer["access_token"]))

    def booking(self, number: int) -> None:
        """Look at one's booking."""
        reference, token = self.held[number % len(self.held)]
        self.get(f"/api/v1/bookings/{reference}/", token=token)

    def pay(self, number: int) -> None:
        """Pay for one of them, each once."""
        reference, token = self.held[number % len(self.held)]
        path = f"/api/v1/bookings/{reference}/pay/"
        self.post(path, {"gateway": "sandbox", "purpose": "total", "card": "success"}, token=token)

    def cancel(self, number: int) -> None:
        """Call one of them off, each once."""
        reference, token = self.held[number % len(self.held)]
        self.post(f"/api/v1/bookings/{reference}/cancel/", {"reason": "Load"}, token=token)


KINDS = (
    Kind("home", "start page", 82, True, lambda day, n: day.get("/")),
    Kind(
        "search",
        "search of a city",
        143,
        True,
        lambda day, n: day.get(f"/search/?where={day.city(n)}&{day.stay(n)}"),
    ),
    Kind(
        "house",
        "a house or room for a stay",
        225,
        True,
        lambda day, n: day.get(f"/hotels/{day.house(n)}/?{day.stay(n)}"),
    ),
    Kind("calendar", "calendar", 56, True, lambda day, n: day.get(f"/hotels/{day.house(n)}/calendar/")),
    Kind(
        "availability",
        "availability by API",
        84,
        True,
        lambda day, n: day.get(f"/api/v1/properties/{day.house(n)}/availability/?{day.stay(n)}"),
    ),
    Kind("hold", "hold a room", 86, False, Day.hold),
    Kind("booking", "one's own booking, a step of its forms", 237, False, Day.booking),
    Kind("pay", "pay", 47, False, Day.pay),
    Kind("cancel", "cancel or change", 40, False, Day.cancel),
)
"""In the order in which they are measured: what is paid or called off was held before."""
