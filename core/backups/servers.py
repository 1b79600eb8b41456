"""The database server: its address for libpq's programs and for children of ours, and what it says of itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection
from environ import Env

from .errors import BackupError

CONNECT_SECONDS = 10
PLAIN_SESSION = (
    "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=60s -c jit=off"
    " -c timezone=UTC -c datestyle=ISO,YMD -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex"
)
"""A backup takes as long as it takes; and rows are written the same way whatever the role's settings are."""
LIBPQ_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "target_session_attrs")


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """One database on a server, as libpq knows it. `options` are libpq's own, such as `sslmode`."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: str
    options: dict[str, str] = field(default_factory=dict)

    def named(self, name: str) -> DatabaseServer:
        """Another database of the same server."""
        return replace(self, name=name)

    @property
    def place(self) -> str:
        """The server in words: its host, or this machine."""
        host = "this machine" if not self.host or self.host.startswith("/") else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program of PostgreSQL: never an argument, which everybody on the machine can read."""
        values = {
            "PGDATABASE": self.name,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS),
            **{f"PG{name.upper().replace('_', '')}": value for name, value in self.options.items()},
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {name: value for name, value in values.items() if value} | {"LC_MESSAGES": "C"}

    @property
    def url(self) -> str:
        """The address as our settings read it from `DATABASE_URL`."""
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        if self.host.startswith("/"):
            place = f"/{self.host}/{quote(self.name, safe='')}"
        else:
            port = f":{self.port}" if self.port else ""
            place = f"{self.host}{port}/{quote(self.name, safe='')}"
        query = f"?{urlencode(self.options)}" if self.options else ""
        return f"postgresql://{login}@{place}{query}" if login else f"postgresql://{place}{query}"

    @contextmanager
    def session(self, *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """A connection of its own, outside Django's. Raises `BackupError` if the server is away."""
        try:
            opened = psycopg.connect(
                dbname=self.name,
                user=self.user or None,
                password=self.password or None,
                host=self.host or None,
                port=self.port or None,
                connect_timeout=CONNECT_SECONDS,
                options=PLAIN_SESSION,
                autocommit=autocommit,
                **self.options,  # type: ignore[arg-type]
            )
        except psycopg.Error as error:
            raise BackupError(
                f"The database {self.name} on {self.place} does not answer: {one_line(error)}"
            ) from error
        with opened:
            yield opened


def database_server() -> DatabaseServer:
    """The site's database; as `BACKUP_DATABASE_URL` says where a pooler stands before it."""
    if settings.BACKUP_DATABASE_URL:
        return _server(Env.db_url_config(settings.BACKUP_DATABASE_URL))
    return _server(connection.settings_dict)


def server_at(url: str) -> DatabaseServer:
    """The database at an address such as `DATABASE_URL` has."""
    return _server(Env.db_url_config(url))


def version_text(number: int) -> str:
    """A version as people write it: 180001 is 18.1."""
    return f"{number // 10_000}.{number % 10_000}"


def one_line(error: object) -> str:
    """An error's text in one line."""
    return " ".join(str(error).split())


def _server(config: Any) -> DatabaseServer:
    options = config.get("OPTIONS") or {}
    return DatabaseServer(
        name=str(config["NAME"]),
        user=str(config.get("USER") or ""),
        password=str(config.get("PASSWORD") or ""),
        host=str(config.get("HOST") or ""),
        port=str(config.get("PORT") or ""),
        options={name: str(options[name]) for name in LIBPQ_OPTIONS if options.get(name)},
    )
