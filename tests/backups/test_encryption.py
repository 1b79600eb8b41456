"""What is encrypted can be decrypted with OpenSSL alone, and by nobody without the key; changes are found."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.backups.archives import ArchiveWriter, pieces_plain
from core.backups.catalog import Level, backup_get
from core.backups.creating import backup_create
from core.backups.encryption import ITERATIONS, passphrase
from core.backups.errors import BackupDamaged, BackupError
from core.backups.verifying import backup_check

from .conftest import Roots

OPENSSL = shutil.which("openssl")


def openssl(*arguments: str | Path) -> None:
    assert OPENSSL is not None
    subprocess.run([OPENSSL, *map(str, arguments)], check=True, capture_output=True)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 70_000])
@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_decrypts_what_we_encrypt_and_the_other_way_round(
    size: int, key_file: Path, tmp_path: Path
) -> None:
    plain = bytes(number % 251 for number in range(size))
    ours = tmp_path / "ours.enc"
    with ArchiveWriter(ours, secret=passphrase(), advance=lambda amount: None) as archive:
        archive.write(plain[: size // 2])
        archive.write(plain[size // 2 :])
    options = ["-aes-256-cbc", "-pbkdf2", "-iter", str(ITERATIONS), "-pass", f"file:{key_file}"]

    openssl("enc", "-d", *options, "-in", ours, "-out", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == plain
    assert archive.facts.plain_sha256 == hashlib.sha256(plain).hexdigest()
    assert archive.facts.sha256 == hashlib.sha256(ours.read_bytes()).hexdigest()

    openssl("enc", *options, "-in", tmp_path / "out", "-out", tmp_path / "theirs.enc")
    assert b"".join(pieces_plain(tmp_path / "theirs.enc", secret=passphrase())) == plain


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_whole_backup_is_opened_with_openssl_alone(
    house: Any, roots: Roots, key_file: Path, tmp_path: Path
) -> None:
    from core.backups.programs import program_find

    backup = backup_create()

    assert backup.is_encrypted
    assert sorted(path.suffix for path in backup.folder.iterdir()) == [
        ".enc",
        ".enc",
        ".enc",
        ".json",
        ".json",
    ]
    manifest = json.loads((backup.folder / "manifest.json").read_text())
    iterations = str(manifest["encryption"]["iterations"])
    openssl(
        "enc", "-d", "-aes-256-cbc", "-pbkdf2", "-iter", iterations, "-pass", f"file:{key_file}",
        "-in", backup.folder / "database.dump.enc", "-out", tmp_path / "dump",
    )  # fmt: skip
    listed = subprocess.run(
        [program_find("pg_restore").path, "--list", tmp_path / "dump"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "TABLE DATA public bookings_booking" in listed.stdout


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_forged_lost_and_other_keys(house: Any, roots: Roots, key_file: Path, settings: Any) -> None:
    backup = backup_create(database=False)
    secret = key_file.read_text()

    key_file.write_text("another passphrase that is long enough\n")
    with pytest.raises(BackupDamaged, match=r"seal .* does not fit: it was changed, or its key is another"):
        backup_check(backup, level=Level.HASH)

    settings.BACKUP_KEY_FILE = ""
    with pytest.raises(BackupError, match="is encrypted: set BACKUP_KEY_FILE") as refused:
        backup_check(backup, level=Level.HASH)
    assert not isinstance(refused.value, BackupDamaged)  # it may well be good

    settings.BACKUP_KEY_FILE = str(key_file)
    key_file.write_text(secret)
    forged = backup.folder / "media.tar.enc"
    forged.write_bytes(forged.read_bytes()[:-16])
    manifest = json.loads((backup.folder / "manifest.json").read_text())
    facts = manifest["files"]["media.tar.enc"]
    facts["size"] -= 16
    facts["sha256"] = hashlib.sha256(forged.read_bytes()).hexdigest()
    body = {name: value for name, value in manifest.items() if name not in {"digest", "seal"}}
    text = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    manifest["digest"] = hashlib.sha256(text).hexdigest()
    (backup.folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    with pytest.raises(BackupDamaged, match="seal"):
        backup_check(backup_get(backup.name), level=Level.HASH)


def test_key_file_that_is_none(tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_KEY_FILE = str(tmp_path / "missing")
    with pytest.raises(BackupError, match="cannot be read: No such file"):
        passphrase()
    (tmp_path / "short").write_text("short\n")
    settings.BACKUP_KEY_FILE = str(tmp_path / "short")
    with pytest.raises(BackupError, match="less than 20 characters"):
        passphrase()
