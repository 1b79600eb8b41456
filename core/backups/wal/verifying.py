"""Is a base backup what its manifest says? As `pg_verifybackup` asks it, which not every installation brings along.

The manifest vouches for itself with the SHA-256 of all but its last line, then for each file's size and SHA-256. Files
that it does not name must not be there. The stretch of the log that makes the copy consistent is read record by record.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from core.backups.errors import BackupDamaged
from core.backups.programs import program_find
from core.backups.servers import one_line

MANIFEST = "backup_manifest"
NOT_LISTED = frozenset({MANIFEST, "postgresql.auto.conf", "standby.signal", "recovery.signal"})
"""As `pg_verifybackup` has it: a restore may change them before the server starts."""
LOG_FOLDER = "pg_wal"
BLOCK = 1 << 20


def base_verify(data: Path, *, version: int) -> None:
    """Read every file of a copied cluster. `version` is the server's. Raises `BackupDamaged`, which names the file."""
    manifest = manifest_read(data)
    listed = {_name(entry): entry for entry in manifest["Files"]}
    found = {str(path.relative_to(data)) for path in data.rglob("*") if not path.is_dir()}
    for name in sorted(found):
        if name not in listed and name not in NOT_LISTED and not name.startswith(f"{LOG_FOLDER}/"):
            raise BackupDamaged(f"{data / name} does not belong to the base backup.")
    for name, entry in listed.items():
        if name in found:
            _file_verify(data / name, entry)
        elif name not in NOT_LISTED:
            raise BackupDamaged(f"{data / name} is missing.")
    for stretch in manifest["WAL-Ranges"]:
        _log_verify(data, stretch, version=version)


def manifest_read(data: Path) -> dict[str, Any]:
    """The manifest of a copied cluster, if it is whole. Raises `BackupDamaged`."""
    path = data / MANIFEST
    try:
        content = path.read_bytes()
        manifest: dict[str, Any] = json.loads(content)
        expected = str(manifest["Manifest-Checksum"])
    except (OSError, ValueError, KeyError) as error:
        raise BackupDamaged(f"{path} cannot be read: {error}.") from error
    vouched_for = content[: content.rindex(b'"Manifest-Checksum"')]
    if hashlib.sha256(vouched_for).hexdigest() != expected:
        raise BackupDamaged(f"{path} is not as it was written.")
    return manifest


def _file_verify(path: Path, entry: dict[str, Any]) -> None:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    if path.name in NOT_LISTED:
        return
    if size != entry["Size"]:
        raise BackupDamaged(f"{path} has {size} bytes, not {entry['Size']}.")
    if entry.get("Checksum-Algorithm") != "SHA256" or digest.hexdigest() != entry["Checksum"]:
        raise BackupDamaged(f"{path} is not as it was copied.")


def _log_verify(data: Path, stretch: dict[str, Any], *, version: int) -> None:
    program = program_find("pg_waldump", major=version // 10_000)
    command = [str(program.path), "--quiet", "--path", str(data / LOG_FOLDER)]
    command += ["--timeline", str(stretch["Timeline"])]
    command += ["--start", str(stretch["Start-LSN"]), "--end", str(stretch["End-LSN"])]
    read = subprocess.run(command, capture_output=True, text=True, check=False)
    if read.returncode != 0:
        raise BackupDamaged(f"The log in {data / LOG_FOLDER} is damaged: {one_line(read.stderr)}")


def _name(entry: dict[str, Any]) -> str:
    """A file's path; one that is no UTF-8 comes in hexadecimal digits."""
    if "Path" in entry:
        return str(entry["Path"])
    return bytes.fromhex(entry["Encoded-Path"]).decode(errors="surrogateescape")
