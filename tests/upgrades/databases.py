"""A database of a test's own, a copy of that of the tests, which programs may change, break and replace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


def connect(name: str, **parameters: Any) -> psycopg.Connection[Any]:
    """A session in a database of the tests' server, outside of Django."""
    return psycopg.connect(
        **connection.get_connection_params() | {"dbname": name, "autocommit": True} | parameters
    )


@contextmanager
def database_copied() -> Iterator[str]:
    """Copy the database of the tests; the copy and what a restore has put aside are dropped afterwards."""
    name = f"upgrades_{os.getpid()}_{os.urandom(3).hex()}"
    template = connection.settings_dict["NAME"]
    connection.close()
    with connect("postgres") as server:
        # Sessions that other tests' threads have left idle would refuse to be copied.
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND state = 'idle'",
            [template],
        )
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield name
        finally:
            found = server.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]
            ).fetchall()
            for (found_name,) in found:
                server.execute(f'DROP DATABASE IF EXISTS "{found_name}" WITH (FORCE)')
