"""More clients than connections: everything we do works behind a pooler in transaction mode, and leaves nothing."""

from __future__ import annotations

import configparser
import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from bookings.models import Booking
from bookings.selectors import inventory_differences
from config.embedded.privileges import choose_identity
from config.embedded.processes import stop_child
from core.exceptions import unavailable_from
from reports.selectors.daily import daily_differences
from tests.concurrency.crowd import ROOT, crowd_run
from tests.factories.inventory import Hotel, hotel
from tests.reliability.pooled_day import ROUNDS
from tests.reliability.servers import wait_until
from tests.reliability.transaction_pool import transaction_pool

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MEMBERS = 6
SESSIONS = 2
# What PgBouncer has known since 1.18: one that it does not know keeps it from starting.
KNOWN_SETTINGS = {
    *("listen_addr", "listen_port", "auth_type", "auth_file", "pool_mode", "server_reset_query"),
    *("max_client_conn", "default_pool_size", "reserve_pool_size"),
    *("reserve_pool_timeout", "query_wait_timeout", "server_connect_timeout", "server_lifetime"),
    *("server_idle_timeout", "server_check_delay"),
}
LEFTOVERS = """
SELECT coalesce(string_agg(what, ', '), '') FROM (
    SELECT 'set ' || name AS what FROM pg_settings
     WHERE source = 'session' AND name NOT LIKE 'transaction_%'
       AND name NOT IN ('client_encoding', 'application_name')
    UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements
    UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE name <> ''
    UNION ALL SELECT 'lock ' || locktype FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'
    UNION ALL SELECT 'table ' || relname FROM pg_class WHERE relpersistence = 't'
    UNION ALL SELECT 'listens ' || channel FROM pg_listening_channels() channel) leftovers
"""


@pytest.fixture
def behind() -> Path:
    """Where the tests' server listens."""
    host = str(connection.settings_dict["HOST"])
    if not host.startswith("/"):
        pytest.skip("the pooler of the tests speaks to a server's socket")
    return Path(host)


@pytest.fixture
def role() -> Iterator[None]:
    """The settings that a session cannot bring along."""
    with pytest.raises(CommandError, match="jit"):
        call_command("database_role", stdout=StringIO())
    call_command("database_role", "--apply", stdout=StringIO())
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{connection.settings_dict["NAME"]}" RESET ALL')


def day_lived(monkeypatch: pytest.MonkeyPatch, house: Hotel, place: Path) -> list[dict[str, Any]]:
    """What a crowd says that lived a day behind the pooler at `place`."""
    name = str(connection.settings_dict["NAME"])
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{connection.settings_dict['USER']}@/{place}/{name}")
    monkeypatch.setenv("DATABASE_POOLER", "transaction")
    orders = {
        "members": MEMBERS,
        "first": house.first.isoformat(),
        "property": house.property.pk,
        "room_type": house.room_type.pk,
        "rate_plan": house.plan.pk,
        "city": house.property.city,
    }
    reports = crowd_run("tests.reliability.pooled_day:live", orders=orders, database=name)
    return reports[1:]


def right(reports: list[dict[str, Any]], house: Hotel) -> None:
    assert [report["failed"] for report in reports if "failed" in report] == []
    assert [(report["confirmed"], report["cancelled"]) for report in reports] == [(ROUNDS, 1)] * MEMBERS
    assert all(report["found"] == ROUNDS and report["sold"] for report in reports)
    assert all(report["listed"][0] == report["listed"][1] >= ROUNDS for report in reports)
    # What was set for a transaction ended with it; what the role has is there.
    assert [report["settings"] for report in reports] == [["0", "off", "UTC"]] * MEMBERS
    assert sum(report["run"] for report in reports) > 0
    assert reports[0]["entries"] > 0
    statuses = Booking.objects.filter(property=house.property).values_list("status", flat=True)
    assert sorted(statuses) == ["cancelled"] * MEMBERS + ["confirmed"] * (MEMBERS * (ROUNDS - 1))
    assert inventory_differences() == []
    assert daily_differences() == []


@pytest.mark.usefixtures("role")
def test_a_day_behind_a_pooler_in_transaction_mode(behind: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = hotel(rooms=MEMBERS * ROUNDS)
    names = connection.settings_dict
    with transaction_pool(behind, size=SESSIONS, user=names["USER"], database=names["NAME"]) as pool:
        reports = day_lived(monkeypatch, house, pool.place)
        left = pool.leftovers(LEFTOVERS.replace("\n", " "))

    right(reports, house)
    assert pool.seen.refused == []
    assert pool.seen.clients >= MEMBERS > SESSIONS
    assert pool.seen.handovers > 20, "sessions went from client to client"
    assert left == [b""] * SESSIONS


def test_the_pooler_of_the_tests_finds_what_it_is_for(behind: Path) -> None:
    """The twin: what a session keeps reaches another client, and what PgBouncer refuses is refused."""
    names = connection.settings_dict
    with transaction_pool(behind, size=1, user=names["USER"], database=names["NAME"]) as pool:
        address: dict[str, Any] = {"host": str(pool.place), "user": names["USER"], "dbname": names["NAME"]}
        with (
            psycopg.connect(**address, autocommit=True) as one,
            psycopg.connect(**address, autocommit=True) as another,
        ):
            one.execute("SET lock_timeout = '7s'")
            assert another.execute("SHOW lock_timeout").fetchone() == ("7s",)
            one.execute("SELECT pg_advisory_lock(1)")
            assert b"lock advisory" in pool.leftovers(LEFTOVERS.replace("\n", " "))[0]
            with pytest.raises(psycopg.OperationalError):
                another.execute("SELECT %s", [1], prepare=True)
        with pytest.raises(psycopg.OperationalError, match="startup parameter"):
            psycopg.connect(**address, options="-c jit=off")
    assert len(pool.seen.refused) == 2


def test_who_waits_too_long_for_a_session_is_told_that_the_database_is_busy(behind: Path) -> None:
    """As of a connection that cannot be had: 503 with Retry-After (tests/config/test_pool.py)."""
    names = connection.settings_dict
    options: dict[str, Any] = {
        "size": 1,
        "user": names["USER"],
        "database": names["NAME"],
        "wait_seconds": 0.2,
    }
    with transaction_pool(behind, **options) as pool:
        address: dict[str, Any] = {"host": str(pool.place), "user": names["USER"], "dbname": names["NAME"]}
        with psycopg.connect(**address) as one:
            one.execute("SELECT 1")
            another = DatabaseWrapper({**names, "HOST": str(pool.place), "OPTIONS": {}}, "default")
            with pytest.raises(OperationalError) as refused, another.cursor() as cursor:
                cursor.execute("SELECT 1")
            another.close()
    answer = unavailable_from(refused.value)
    assert answer is not None
    assert (answer.code, pool.seen.refused) == ("database_unavailable", ["query_wait_timeout"])


def test_the_configuration_that_we_ship_is_for_transaction_mode() -> None:
    shipped = shipped_configuration()["pgbouncer"]

    assert shipped["pool_mode"] == "transaction"
    assert shipped["server_reset_query"] == ""
    assert shipped.getint("query_wait_timeout") < 30
    assert shipped.getint("max_client_conn") > shipped.getint("default_pool_size")
    assert set(shipped) <= KNOWN_SETTINGS


def shipped_configuration() -> configparser.ConfigParser:
    """As PgBouncer reads it: a comment is a line that begins with a semicolon."""
    config = configparser.ConfigParser(inline_comment_prefixes=None, comment_prefixes=(";",))
    assert config.read(ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini")
    return config


@contextlib.contextmanager
def pgbouncer(behind: Path) -> Iterator[Path]:
    """The real one, with the configuration that we ship and the tests' addresses in it."""
    place = Path(tempfile.mkdtemp(prefix="v-pgb-", dir="/tmp"))
    place.chmod(0o777)
    config = shipped_configuration()
    names = connection.settings_dict
    config["databases"] = {names["NAME"]: f"host={behind} dbname={names['NAME']} user={names['USER']}"}
    config["pgbouncer"].update(
        {
            "listen_addr": "",
            "listen_port": "5432",
            "unix_socket_dir": str(place),
            "auth_type": "any",
            "default_pool_size": str(SESSIONS),
            "reserve_pool_size": "0",
            "query_wait_timeout": "120",
        }
    )
    with (place / "pgbouncer.ini").open("w") as file:
        config.write(file)
    process = subprocess.Popen(
        [str(shutil.which("pgbouncer")), str(place / "pgbouncer.ini")],
        **choose_identity().popen_arguments(death_signal=signal.SIGTERM),
    )
    try:
        assert wait_until((place / ".s.PGSQL.5432").exists, seconds=120)
        yield place
    finally:
        stop_child(process, signals=((signal.SIGTERM, 10.0),))
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.usefixtures("role")
@pytest.mark.skipif(not shutil.which("pgbouncer"), reason="no pgbouncer is installed here")
def test_a_day_behind_pgbouncer(behind: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = hotel(rooms=MEMBERS * ROUNDS)
    with pgbouncer(behind) as place:
        reports = day_lived(monkeypatch, house, place)

    right(reports, house)
