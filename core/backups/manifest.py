"""What a backup holds, written beside it, so that it explains itself when everything else is lost."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from .encryption import ITERATIONS, SEAL_SALT_BYTES, seal_fits, seal_make
from .errors import BackupDamaged, BackupError
from .layout import MANIFEST, file_write

FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: its size in bytes and hash as it lies there, and before it was encrypted; `entries` of an archive."""

    size: int
    sha256: str
    plain_size: int
    plain_sha256: str
    entries: int | None = None


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What a table held in the snapshot: its rows, and a digest over all of them in any order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Encryption:
    """How the files were encrypted; `salt` is the seal's."""

    iterations: int
    salt: str
    cipher: str = "aes-256-cbc"
    kdf: str = "pbkdf2-hmac-sha256"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Versions are counted as PostgreSQL does (18.1 is 180001); `migrations` are all applied, by app."""

    name: str
    kind: str
    started_at: str
    finished_at: str
    database: str
    server_version: int
    client_version: int
    migrations: dict[str, list[str]]
    tables: dict[str, TableFacts]
    files: dict[str, FileFacts]
    encryption: Encryption | None = None
    format: int = FORMAT
    digest: str = ""
    seal: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def begun(self) -> datetime:
        return datetime.fromisoformat(self.started_at)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(facts.size for facts in self.files.values())

    @property
    def rows(self) -> int:
        return sum(facts.rows for facts in self.tables.values())


def manifest_write(manifest: Manifest, folder: Path, *, secret: bytes | None) -> Manifest:
    """Complete a manifest with its digest, and with its seal where there is a passphrase, and write it."""
    encryption = Encryption(ITERATIONS, os.urandom(SEAL_SALT_BYTES).hex()) if secret else None
    manifest = replace(manifest, encryption=encryption, digest="", seal="")
    body = _body(manifest)
    seal = ""
    if secret and encryption:
        salt = bytes.fromhex(encryption.salt)
        seal = seal_make(body, secret, salt=salt, iterations=encryption.iterations)
    manifest = replace(manifest, digest=hashlib.sha256(body).hexdigest(), seal=seal)
    file_write(folder / MANIFEST, _text(manifest))
    return manifest


def manifest_read(folder: Path) -> Manifest:
    """The manifest of a backup, if it is byte for byte what was written. Raises `BackupDamaged`.

    Whoever is to trust an encrypted backup asks `manifest_authenticate` too.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise BackupDamaged(f"The manifest of {folder.name} cannot be read: {error.strerror}.") from error
    try:
        manifest = _parsed(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupDamaged(f"The manifest of {folder.name} is damaged.") from error
    if manifest.format > FORMAT:
        raise BackupError(
            f"{folder.name} was made by a newer version of this program: restore it with that one."
        )
    if _text(manifest).encode() != text or hashlib.sha256(_body(manifest)).hexdigest() != manifest.digest:
        raise BackupDamaged(f"The manifest of {folder.name} is damaged: it does not have its own digest.")
    if manifest.name != folder.name.removesuffix(".partial"):
        raise BackupDamaged(f"The manifest in {folder.name} is that of {manifest.name}.")
    return manifest


def manifest_authenticate(manifest: Manifest, *, secret: bytes | None) -> None:
    """Refuse an encrypted backup that nobody with the passphrase made. Nothing is asked of others."""
    if manifest.encryption is None:
        return
    if secret is None:
        raise BackupError(f"{manifest.name} is encrypted: set BACKUP_KEY_FILE to the file of its passphrase.")
    body = _body(replace(manifest, digest="", seal=""))
    salt = bytes.fromhex(manifest.encryption.salt)
    if not seal_fits(manifest.seal, body, secret, salt=salt, iterations=manifest.encryption.iterations):
        raise BackupDamaged(
            f"The seal of {manifest.name} does not fit: it was changed, or its key is another."
        )


def _body(manifest: Manifest) -> bytes:
    facts = asdict(manifest)
    del facts["digest"], facts["seal"]
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _text(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n"


def _parsed(facts: dict[str, Any]) -> Manifest:
    encryption = facts.pop("encryption")
    return Manifest(
        **{name: value for name, value in facts.items() if name not in {"tables", "files"}},
        tables={name: TableFacts(**table) for name, table in facts["tables"].items()},
        files={name: FileFacts(**file) for name, file in facts["files"].items()},
        encryption=Encryption(**encryption) if encryption else None,
    )
