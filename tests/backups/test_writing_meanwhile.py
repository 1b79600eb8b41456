"""What is written while a backup is made is in it whole or not at all, and the digests are of the same moment."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.backups.creating import backup_create
from core.backups.digests import tables_digest
from core.backups.restoring import backup_restore, restore_plan
from core.backups.servers import DatabaseServer, database_server

from .conftest import Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ACCOUNTS, WRITERS = 20_000, 4


class Writer(threading.Thread):
    """Moves an amount from one row to another and writes that down, over and over."""

    def __init__(self, server: DatabaseServer, seed: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.server, self.chance, self.stop, self.moves = server, random.Random(seed), stop, 0

    def run(self) -> None:
        with self.server.session() as session:
            while not self.stop.is_set():
                one, other = sorted(self.chance.sample(range(ACCOUNTS), 2))
                with session.transaction():
                    session.execute("UPDATE moved SET amount = amount - 1 WHERE id = %s", [one])
                    session.execute("UPDATE moved SET amount = amount + 1 WHERE id = %s", [other])
                    session.execute("INSERT INTO moves (one, other) VALUES (%s, %s)", [one, other])
                self.moves += 1


@contextmanager
def writing(server: DatabaseServer) -> Iterator[list[Writer]]:
    with server.session() as session:
        session.execute("CREATE TABLE moved (id int PRIMARY KEY, amount int NOT NULL)")
        session.execute("CREATE TABLE moves (id serial PRIMARY KEY, one int, other int)")
        session.execute("INSERT INTO moved SELECT n, 0 FROM generate_series(0, %s) n", [ACCOUNTS])
    stop = threading.Event()
    writers = [Writer(server, seed, stop) for seed in range(WRITERS)]
    try:
        for writer in writers:
            writer.start()
        yield writers
    finally:
        stop.set()
        for writer in writers:
            writer.join()
        with server.session() as session:
            session.execute("DROP TABLE moved, moves")


def test_digests_and_dump_are_of_one_moment(house: Any, roots: Roots, scratch: DatabaseServer) -> None:
    server = database_server()
    with writing(server) as writers:
        before = sum(writer.moves for writer in writers)
        backup = backup_create(media=False)
        after = sum(writer.moves for writer in writers)
        assert after - before > WRITERS
        with server.session() as session:
            now = tables_digest(session, advance=lambda amount: None)
    assert backup.manifest is not None
    assert now["public.moved"] != backup.manifest.tables["public.moved"]

    backup_restore(restore_plan(backup, into=scratch.name))  # compares every table with its digest

    with scratch.session() as session:
        (total, moves) = session.execute(
            "SELECT (SELECT sum(amount) FROM moved), (SELECT count(*) FROM moves)"
        ).fetchone()  # type: ignore[misc]
        (wrong,) = session.execute(
            """SELECT count(*) FROM moved WHERE amount <>
                 (SELECT count(*) FROM moves WHERE other = moved.id) - (SELECT count(*) FROM moves WHERE one = moved.id)
               AND id < 300"""
        ).fetchone()  # type: ignore[misc]
    assert (total, wrong) == (0, 0)
    assert moves == backup.manifest.tables["public.moves"].rows
