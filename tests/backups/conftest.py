"""A house with bookings and pictures, backed up once; each test has a copy of the backup in a folder of its own."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from core.backups.catalog import Backup, backup_get
from core.backups.creating import backup_create
from core.backups.databases import database_drop
from core.backups.servers import DatabaseServer, database_server
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import hotel
from tests.quick_flush import flush

MADE_AT = datetime(2025, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Roots:
    """The folders of one test."""

    backups: Path
    media: Path
    private: Path


@pytest.fixture
def roots(tmp_path: Path, settings: Any) -> Roots:
    """Empty folders for backups and private files, and some pictures."""
    made = Roots(tmp_path / "backups", tmp_path / "media", tmp_path / "private")
    pictures_make(made)
    settings.BACKUP_ROOT = str(made.backups)
    settings.MEDIA_ROOT = str(made.media)
    settings.PRIVATE_ROOT = str(made.private)
    return made


@pytest.fixture
def key_file(tmp_path: Path, settings: Any) -> Path:
    """A key made for this test, in the settings."""
    path = tmp_path / "key"
    path.write_text(secrets.token_urlsafe(32) + "\n")
    settings.BACKUP_KEY_FILE = str(path)
    return path


@pytest.fixture
def house(transactional_db: None) -> Any:
    """A house with a paid stay and a hold, committed."""
    house = hotel(rooms=3, nights=40)
    confirmed(house)
    held(house)
    return house


@pytest.fixture(scope="session")
def made_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a plain backup of such a house, which nobody changes."""
    folder = tmp_path_factory.mktemp("made-once")
    made = Roots(folder / "backups", folder / "media", folder / "private")
    pictures_make(made)
    with (
        django_db_blocker.unblock(),
        override_settings(
            BACKUP_ROOT=str(made.backups), MEDIA_ROOT=str(made.media), PRIVATE_ROOT=str(made.private)
        ),
    ):
        house = hotel(rooms=3, nights=40)
        confirmed(house)
        held(house)
        try:
            backup = backup_create(kind="daily", at=MADE_AT)
        finally:
            flush("default")
    return backup.folder


@pytest.fixture
def backup(made_once: Path, roots: Roots) -> Backup:
    """A copy of it."""
    roots.backups.mkdir(mode=0o700)
    shutil.copytree(made_once, roots.backups / made_once.name)
    return backup_get(made_once.name)


@pytest.fixture
def scratch(django_db_setup: None) -> Iterator[DatabaseServer]:
    """The name of a database that is not there, and is not there afterwards."""
    server = database_server().named(f"vacancy_test_{secrets.token_hex(6)}")
    yield server
    database_drop(server)


def pictures_make(roots: Roots) -> None:
    """Two pictures, one in sizes that are left out, and a private file."""
    for path, data in {
        roots.media / "photos" / "front.webp": secrets.token_bytes(40_000),
        roots.media / "photos" / "größe ünd space.webp": b"picture",
        roots.media / "sized" / "400" / "front.webp": b"made again when it is asked for",
        roots.private / "exports" / "guests.csv": b"reference,guest\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
