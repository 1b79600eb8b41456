"""`python -m benchmarks.measuring SIZE ROUNDS`: measure every operation on the database of `DATABASE_URL`.

One request at a time through the whole WSGI application with all its middleware; what the web server adds is the
load test's business. Prints the milliseconds of every round as JSON.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import Client

if not apps.ready:
    django.setup()

from accounts.models import User
from benchmarks import floors
from benchmarks.data.houses import STAFF_EMAIL
from benchmarks.data.sizes import SIZES, Size
from benchmarks.emptying import caches_empty
from benchmarks.errors import BenchmarkError
from benchmarks.observing import observing_ratios
from benchmarks.operations import GUESTS, NIGHTS, Ask, Operation, Questions
from core.dates import StayDates, property_today
from core.observability.queries import bulk_work
from inventory.selectors import quote_get
from inventory.types import Party

WARM_UP = 3
NO_INDEX_ROUNDS = 5
SLOW_SECONDS = 20.0
"""A way that has taken so long in all is not measured again."""
NO_INDEX = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
FREE_SQL = """
SELECT room_type_id, %(arrival)s::date
  FROM inventory_roominventory
 WHERE date >= %(arrival)s AND date < %(departure)s AND room_type_id %% 10 = %(number)s %% 10
 GROUP BY room_type_id HAVING count(*) = %(nights)s AND min(available) >= 2
 ORDER BY room_type_id OFFSET %(number)s %% 5 LIMIT 1
"""
GIVE_BACK_SQL = """
UPDATE inventory_roominventory night SET held = night.held - given.rooms
  FROM (SELECT room_type_id, arrival + number AS date, sum(rooms) AS rooms
          FROM bookings_booking CROSS JOIN LATERAL generate_series(0, departure - arrival - 1) number
         WHERE status = 'held' GROUP BY 1, 2) given
 WHERE night.room_type_id = given.room_type_id AND night.date = given.date
"""


@dataclass
class Samples:
    """The milliseconds of each round, and the queries of one."""

    milliseconds: list[float] = field(default_factory=list)
    queries: int | None = None


class Measure:
    """Asks, and notes how long it took."""

    def __init__(self, size: Size, rounds: int, *, warm_up: int = WARM_UP) -> None:
        self.rounds = rounds
        self.warm_up = warm_up
        self.queries = 0
        self.today = property_today("Europe/Lisbon")
        self.application = WSGIHandler()
        self.size = size
        connection.ensure_connection()
        self.cookies = {("staff", 0): _cookie(User.objects.get(email=STAFF_EMAIL))}
        for number, user in enumerate(User.objects.filter(pk__gt=1000).order_by("pk")[:GUESTS]):
            self.cookies["guest", number] = _cookie(user)

    def all(self) -> dict[str, dict[str, Samples]]:
        """Every operation in every way, floors first."""
        connection.execute_wrappers.insert(0, self._count)
        try:
            return self._all()
        finally:
            connection.execute_wrappers.remove(self._count)

    def _all(self) -> dict[str, dict[str, Samples]]:
        questions = Questions(self.size, self.today, self.free_stay)
        found = {
            "empty": {"cached": self._repeat(lambda n: Ask("/bench/empty/"), self.rounds)},
            "empty_api": {"cached": self._repeat(lambda n: Ask("/bench/empty-api/"), self.rounds)},
        }
        print("  watching queries, a commit ...", file=sys.stderr, flush=True)
        found["observing"] = {"ratio": Samples(self.observing())}
        commits = [floors.sql_seconds((floors.COMMIT,), {}) * 1000 for _ in range(self.rounds)]
        found["commit"] = {"sql": Samples(commits)}
        for operation in questions.operations():
            print(f"  {operation.title} ...", file=sys.stderr, flush=True)
            found[operation.key] = self.operation(operation)
        _give_back()
        return found

    def operation(self, operation: Operation) -> dict[str, Samples]:
        """One operation: cached, cold, without indexes, the naive way, and its bare SQL."""
        ways: dict[str, Samples] = {}
        if operation.is_cached:
            repeated = operation.ours if operation.is_write else _always_first(operation.ours)
            ways["cached"] = self._repeat(repeated, self.rounds)
        if not operation.is_write:
            ways["cold"] = self._repeat(operation.ours, self.rounds, before=caches_empty)
        with _without_indexes():
            before = None if operation.is_write else caches_empty
            once = min(1, self.warm_up)
            ways["no_index"] = self._repeat(operation.ours, NO_INDEX_ROUNDS, before=before, warm_up=once)
        rounds = min(operation.naive_rounds, self.rounds)
        ways["naive"] = self._repeat(operation.naive, rounds, warm_up=min(1, self.warm_up, rounds - 1))
        ways["sql"] = Samples(
            [
                floors.sql_seconds(operation.sql, operation.ours(number).parameters) * 1000
                for number in range(self.warm_up + self.rounds)
            ][self.warm_up :],
            len(operation.sql),
        )
        return ways

    def observing(self) -> list[float]:
        """What counting every query does to a page with many, whose answers come from the database."""

        def page() -> None:
            self.ask(Ask("/my/", who="guest"))

        page()
        return observing_ratios(page, self.rounds, before=caches_empty)

    def ask(self, ask: Ask) -> float:
        """The seconds that an answer took, which must be a good one. Raises BenchmarkError."""
        body = ask.encoded()
        path, _mark, query = ask.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET" if ask.body is None else "POST",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_IDEMPOTENCY_KEY": uuid.uuid4().hex,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if ask.who:
            environ["HTTP_COOKIE"] = self.cookies[ask.who, ask.number]
        answered: list[str] = []

        def start_response(status: str, _headers: Any, _error: Any = None, /) -> Any:
            answered.append(status)

        self.queries = 0
        started = time.perf_counter()
        response = self.application(environ, start_response)
        content = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        seconds = time.perf_counter() - started
        if not answered[0].startswith("2"):
            raise BenchmarkError(f"{ask.path} answered {answered[0]}: {content[:300]!r}")
        return seconds

    def free_stay(self, number: int) -> tuple[int, date, str]:
        """A stay that can be booked: room type, arrival, total. Another one for each number."""
        for tried in range(50):
            arrival = self.today + timedelta(days=15 + (number * 11 + tried * 3) % 300)
            stay = StayDates(arrival, arrival + timedelta(days=NIGHTS))
            with connection.cursor() as cursor:
                parameters: dict[str, Any] = {
                    "arrival": arrival, "departure": stay.departure, "nights": NIGHTS, "number": number + tried,
                }  # fmt: skip
                cursor.execute(FREE_SQL, parameters)
                row = cursor.fetchone()
            if row:
                plan = 2 * ((row[0] - 1) // 10) + 1
                quote = quote_get(room_type_id=row[0], rate_plan_id=plan, stay=stay, party=Party(adults=2))
                return row[0], arrival, str(quote.total)
        raise BenchmarkError("No stay of three nights is free in the coming year: make the data anew.")

    def _repeat(
        self,
        asked: Callable[[int], Ask],
        rounds: int,
        *,
        before: Callable[[], None] | None = None,
        warm_up: int | None = None,
    ) -> Samples:
        warm_up = self.warm_up if warm_up is None else warm_up
        samples = Samples()
        began = time.monotonic()
        for number in range(warm_up + rounds):
            ask = asked(number)
            if before is not None:
                before()
            seconds = self.ask(ask)
            if number >= warm_up:
                samples.milliseconds.append(seconds * 1000)
                samples.queries = self.queries
            if samples.milliseconds and time.monotonic() - began > SLOW_SECONDS:
                break
        return samples

    def _count(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        return execute(sql, params, many, context)


def _always_first(asked: Callable[[int], Ask]) -> Callable[[int], Ask]:
    return lambda number: asked(0)


def _cookie(user: User) -> str:
    """The cookie of somebody who is logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Forbid the use of indexes. Of a pool every connection is made anew, since a request takes whichever is free."""
    if connection.settings_dict["OPTIONS"].get("pool"):
        usual = connection.settings_dict["OPTIONS"].get("options", "")
        _connect_anew(" ".join((usual, *(f"-c {name}=off" for name in NO_INDEX))))
        try:
            yield
        finally:
            _connect_anew(usual)
    else:
        _set(NO_INDEX, "off")
        try:
            yield
        finally:
            _set(NO_INDEX, "on")


def _connect_anew(startup_options: str) -> None:
    connection.settings_dict["OPTIONS"]["options"] = startup_options
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def _set(names: tuple[str, ...], value: str) -> None:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SET {name} = {value}")


def _give_back() -> None:
    """Free the nights that were booked, and let their bookings be over, as if their time had run out."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(GIVE_BACK_SQL)
        cursor.execute("UPDATE bookings_booking SET status = 'expired' WHERE status = 'held'")


def main(name: str, rounds: str) -> int:
    """Measure; the exit status is 0 when everything was answered."""
    try:
        gc.collect()
        gc.freeze()
        with bulk_work():  # what is slow on purpose need not be logged
            found = Measure(SIZES[name], int(rounds)).all()
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        json.dumps(
            {
                key: {
                    way: {"ms": samples.milliseconds, "queries": samples.queries}
                    for way, samples in ways.items()
                }
                for key, ways in found.items()
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
