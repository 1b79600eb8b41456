"""A bit that flipped and a tail that was lost are found before any database is touched."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from core.backups.catalog import Backup, Level, backup_get, backups_list
from core.backups.databases import database_exists
from core.backups.drills import drill_last
from core.backups.errors import BackupDamaged, BackupError
from core.backups.programs import program_find
from core.backups.restoring import restore_plan
from core.backups.servers import DatabaseServer
from core.backups.state import backups_state
from core.backups.verification import backup_verify
from core.backups.verifying import backup_check, decode_check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FLIPS, CUTS = 110, 40


def damaged(path: Path, chance: random.Random, *, cut: bool) -> None:
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    if cut:
        del data[place:]
    else:
        data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def test_150_flips_and_cuts_are_refused(backup: Backup, scratch: DatabaseServer, tmp_path: Path) -> None:
    """In every file, the manifest too; a restore of each is refused, and makes no database."""
    whole = tmp_path / "whole"
    shutil.copytree(backup.folder, whole)
    chance = random.Random(20_250_302)
    assert backup.manifest is not None
    files = [*backup.manifest.files, "manifest.json"]
    survived = []
    for number in range(FLIPS + CUTS):
        name = files[number % len(files)]
        damaged(backup.folder / name, chance, cut=number >= FLIPS)
        try:
            restore_plan(backup_get(backup.name), into=scratch.name)
        except BackupError:
            pass  # nearly always damaged; a flip may also say that it is of a newer format
        else:
            survived.append((number, name))
        shutil.copy2(whole / name, backup.folder / name)
    assert survived == []
    assert not database_exists(scratch)
    assert restore_plan(backup_get(backup.name), into=scratch.name).is_there is False


def test_reading_to_the_end_finds_what_the_table_of_contents_hides(backup: Backup) -> None:
    """Without hashes too: the dump's data is compressed, and pg_restore reads all of it."""
    import subprocess

    path = backup.folder / "database.dump"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 2_000])
    pg_restore = program_find("pg_restore").path

    assert subprocess.run([pg_restore, "--list", path], capture_output=True, check=False).returncode == 0
    with pytest.raises(BackupDamaged, match="cannot be read to its end"):
        decode_check(backup)


def test_damage_is_written_down_and_shown(backup: Backup) -> None:
    assert backup.is_verified
    damaged(backup.folder / "media.tar", random.Random(1), cut=False)

    with pytest.raises(BackupDamaged, match=r"media\.tar of .* is not as it was written"):
        backup_check(backup, level=Level.HASH)

    (found,) = backups_list()
    assert not found.is_verified
    assert "media.tar" in found.problem
    assert {"unverified", "damaged"} <= {problem.code for problem in backups_state().problems}


def test_missing_file_and_missing_manifest(backup: Backup) -> None:
    (backup.folder / "database.dump").unlink()
    with pytest.raises(BackupDamaged, match=r"database\.dump of .* cannot be read: No such file"):
        backup_check(backup, level=Level.HASH)
    (backup.folder / "manifest.json").unlink()
    (found,) = backups_list()
    assert found.manifest is None
    assert "cannot be read" in found.problem


def test_manifest_of_another_backup_is_refused(backup: Backup) -> None:
    other = backup.folder.with_name("2025-03-03T02-00-00Z-daily")
    shutil.copytree(backup.folder, other)
    with pytest.raises(BackupDamaged, match="is that of"):
        backup_check(backup_get(other.name), level=Level.HASH)


def test_drill_of_a_damaged_backup_fails_and_says_so(backup: Backup) -> None:
    damaged(backup.folder / "database.dump", random.Random(2), cut=True)

    with pytest.raises(BackupDamaged):
        backup_verify(backup, level=Level.RESTORE)

    drill = drill_last()
    assert drill is not None
    assert "database.dump" in drill.error
    assert "drill_failed" in {problem.code for problem in backups_state().problems}
