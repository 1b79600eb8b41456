"""A lost machine, and the steps of docs/backups.md one after another."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from core.backups.catalog import Backup
from core.backups.children import command_run
from core.backups.databases import database_exists
from core.backups.servers import DatabaseServer

from .conftest import Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def type_in(name: str, *arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_steps_of_the_guide(
    backup: Backup,
    scratch: DatabaseServer,
    roots: Roots,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Database, pictures and backups are gone; the second place has the last backup."""
    settings.BACKUP_DESTINATION = f"file://{tmp_path}/second"
    settings.BACKUP_DATABASE_URL = scratch.url
    type_in("backup_push")
    shutil.rmtree(roots.backups)
    shutil.rmtree(roots.media)
    shutil.rmtree(roots.private)

    assert type_in("backup_list").startswith("0 backups")
    assert backup.name in type_in("backup_list", there=True)
    assert "every file has its hash" in type_in("backup_pull")
    assert "Nothing was done." in type_in("backup_restore", "latest", dry_run=True)
    assert not database_exists(scratch)

    monkeypatch.setattr("sys.stdin", Typed(f"{scratch.name}\n"))
    said = type_in("backup_restore", "latest")

    assert f"{backup.name} is restored into {scratch.name}" in said
    assert "3 files were written to their places." in said
    assert (roots.media / "photos" / "front.webp").stat().st_size == 40_000
    command_run(scratch, "migrate", "--check")
    assert "no difference" in command_run(scratch, "inventory_check")


class Typed(StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True
