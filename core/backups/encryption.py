"""Encryption that OpenSSL can undo, and a seal over the manifest that OpenSSL alone does not give.

A file is `openssl enc -aes-256-cbc -pbkdf2 -iter N -pass file:KEYFILE`: "Salted__", eight bytes of salt, then
AES-256-CBC with PKCS#7 padding; key and initial vector are PBKDF2-HMAC-SHA256 of the key file's first line. CBC tells
nothing of changes, so the manifest, which has the SHA-256 of every encrypted file, carries an HMAC-SHA256 made from the
same passphrase and another salt; it is checked before anything is decrypted (encrypt, then authenticate).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.conf import settings

from .errors import BackupDamaged, BackupError

ITERATIONS = 600_000
MAGIC = b"Salted__"
SALT_BYTES = 8
SEAL_SALT_BYTES = 16
PASSPHRASE_LENGTH_MIN = 20
BLOCK_BITS = 128


def passphrase() -> bytes | None:
    """The first line of the key file, as OpenSSL reads it; None where `BACKUP_KEY_FILE` is not set.

    Raises `BackupError` for a file that cannot be read or whose first line is too short to be a secret.
    """
    if not settings.BACKUP_KEY_FILE:
        return None
    path = Path(settings.BACKUP_KEY_FILE)
    try:
        line = path.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    except OSError as error:
        raise BackupError(f"The key file {path} cannot be read: {error.strerror}.") from error
    if len(line) < PASSPHRASE_LENGTH_MIN:
        raise BackupError(
            f"The first line of the key file {path} has less than {PASSPHRASE_LENGTH_MIN} characters: "
            "make one with openssl rand -base64 32."
        )
    return line


class Encryptor:
    """Encrypts a stream: give it pieces, write what comes back, and at the end what `finish` gives."""

    def __init__(self, secret: bytes, *, iterations: int = ITERATIONS) -> None:
        salt = os.urandom(SALT_BYTES)
        self._cipher = _cipher(secret, salt, iterations).encryptor()
        self._padder = PKCS7(BLOCK_BITS).padder()
        self.header = MAGIC + salt

    def update(self, data: bytes) -> bytes:
        return self._cipher.update(self._padder.update(data))

    def finish(self) -> bytes:
        return self._cipher.update(self._padder.finalize()) + self._cipher.finalize()


def decrypted(pieces: Iterator[bytes], secret: bytes, *, iterations: int) -> Iterator[bytes]:
    """The plain pieces of an encrypted stream. Raises `BackupDamaged` where it is none, or the key is another."""
    head = b""
    while len(head) < len(MAGIC) + SALT_BYTES:
        piece = next(pieces, None)
        if piece is None:
            raise BackupDamaged("An encrypted file is too short to be one.")
        head += piece
    if not head.startswith(MAGIC):
        raise BackupDamaged("A file that should be encrypted is not.")
    start = len(MAGIC) + SALT_BYTES
    cipher = _cipher(secret, head[len(MAGIC) : start], iterations).decryptor()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    yield unpadder.update(cipher.update(head[start:]))
    for piece in pieces:
        yield unpadder.update(cipher.update(piece))
    try:
        yield unpadder.update(cipher.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise BackupDamaged(
            "An encrypted file cannot be decrypted: it is damaged, or the key is another."
        ) from error


def seal_make(text: bytes, secret: bytes, *, salt: bytes, iterations: int) -> str:
    """The HMAC over a manifest, in hexadecimal digits."""
    key = hashlib.pbkdf2_hmac("sha256", secret, b"vacancy manifest " + salt, iterations, 32)
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def seal_fits(seal: str, text: bytes, secret: bytes, *, salt: bytes, iterations: int) -> bool:
    """Whether the HMAC was made by somebody with the passphrase, over this very text."""
    return hmac.compare_digest(seal, seal_make(text, secret, salt=salt, iterations=iterations))


def _cipher(secret: bytes, salt: bytes, iterations: int) -> Cipher[modes.CBC]:
    derived = hashlib.pbkdf2_hmac("sha256", secret, salt, iterations, 48)
    return Cipher(algorithms.AES256(derived[:32]), modes.CBC(derived[32:]))
