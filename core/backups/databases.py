"""Databases as a restore needs them: made, compared, renamed, dropped, from outside any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from .errors import BackupError, RestoreRefused
from .servers import DatabaseServer, one_line

MAINTENANCE = ("postgres", "template1")
NAME_BYTES_MAX = 63
RELATIONS_SQL = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
SETTINGS_SQL = """
    SELECT coalesce(r.rolname, ''), s.setconfig
    FROM pg_db_role_setting s
    JOIN pg_database d ON d.oid = s.setdatabase
    LEFT JOIN pg_roles r ON r.oid = s.setrole
    WHERE d.datname = %s
"""


@contextmanager
def maintenance_session(server: DatabaseServer) -> Iterator[psycopg.Connection[Any]]:
    """A session in a database that is neither the old nor the new one. Raises `BackupError`."""
    failed: BackupError | None = None
    for name in MAINTENANCE:
        session = server.named(name).session()
        try:
            opened = session.__enter__()
        except BackupError as error:
            failed = failed or error
            continue
        with _closing(session):
            yield opened
        return
    assert failed is not None
    raise failed


@contextmanager
def _closing(session: Any) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        session.__exit__(None, None, None)
        raise BackupError(f"The database server refused: {one_line(error)}") from error
    except BaseException:
        session.__exit__(None, None, None)
        raise
    session.__exit__(None, None, None)


def database_exists(server: DatabaseServer) -> bool:
    """Whether the server has a database of that name."""
    with maintenance_session(server) as session:
        return bool(session.execute("SELECT FROM pg_database WHERE datname = %s", [server.name]).rowcount)


def database_is_empty(server: DatabaseServer) -> bool:
    """Whether nobody has made anything in a database."""
    with server.session() as session:
        return session.execute(RELATIONS_SQL).fetchone() == (0,)


def database_create(server: DatabaseServer) -> None:
    """Make an empty database. Raises `BackupError` where the role may not."""
    with maintenance_session(server) as session:
        try:
            session.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(server.name)
                )
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(
                f"The role {server.user or 'of this user'} may not create databases on {server.place}: run "
                f'ALTER ROLE "{server.user}" CREATEDB, or set BACKUP_DATABASE_URL to a role that may.'
            ) from error


def database_drop(server: DatabaseServer) -> None:
    """Drop a database, whoever is in it. Nothing happens where there is none."""
    with maintenance_session(server) as session:
        session.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(server.name))
        )


def databases_swap(server: DatabaseServer, *, new: str, aside: str) -> None:
    """Give the database `new` the name of the site's, whose own becomes `aside`. Whoever is in either is thrown out.

    Settings of the database and of roles in it go with the name. Where the second renaming fails the first is undone.
    Raises `BackupError`.
    """
    name = server.name
    with maintenance_session(server) as session:
        there = bool(session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount)
        if there:
            _settings_copy(session, source=name, target=new)
            _close_doors(session, name)
        _close_doors(session, new)
        try:
            if there:
                _rename(session, name, aside)
            try:
                _rename(session, new, name)
            except psycopg.Error:
                if there:
                    _rename(session, aside, name)
                raise
        finally:
            for one in (name, new, aside):
                _doors(session, one, is_open=True)


def name_for(server: DatabaseServer, purpose: str, at: datetime) -> str:
    """A name beside the site's database, such as `vacancy_before_20260301_020000`."""
    ending = f"_{purpose}_{at:%Y%m%d_%H%M%S}"
    return server.name[: NAME_BYTES_MAX - len(ending)] + ending


def target_check(server: DatabaseServer) -> bool:
    """Whether the database to restore into is there already, and empty. Raises `RestoreRefused` if it is not empty."""
    if not database_exists(server):
        return False
    if not database_is_empty(server):
        raise RestoreRefused(
            f"The database {server.name} on {server.place} is not empty: nothing was touched. Name one that is not "
            "there, or that is empty."
        )
    return True


def _rename(session: psycopg.Connection[Any], old: str, new: str) -> None:
    session.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )


def _close_doors(session: psycopg.Connection[Any], name: str) -> None:
    """Let nobody in any more, then send away who is in."""
    _doors(session, name, is_open=False)
    session.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    )


def _doors(session: psycopg.Connection[Any], name: str, *, is_open: bool) -> None:
    if session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
        session.execute(
            sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.Literal(is_open)
            )
        )


def _settings_copy(session: psycopg.Connection[Any], *, source: str, target: str) -> None:
    for role, values in session.execute(SETTINGS_SQL, [source]).fetchall():
        for setting in values:
            name, _, value = setting.partition("=")
            whose = sql.SQL("ROLE {} IN DATABASE {}").format(sql.Identifier(role), sql.Identifier(target))
            if not role:
                whose = sql.SQL("DATABASE {}").format(sql.Identifier(target))
            session.execute(
                sql.SQL("ALTER {} SET {} = {}").format(whose, sql.Identifier(name), sql.Literal(value))
            )
