"""References that people read out loud, and tokens that open a door."""

from __future__ import annotations

import hashlib
import os
import secrets

REFERENCE_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""No pair that looks or sounds alike on paper: without 0 and O, 1 and I and L, 5 and S, 8 and B, 2 and Z."""

REFERENCE_LENGTH = 8
TOKEN_BYTES = 24

_BYTES_USED = 256 - 256 % len(REFERENCE_ALPHABET)
_BYTES_LEFT_OVER = bytes(range(_BYTES_USED, 256))
"""Bytes that would make some characters more likely than others."""
_BYTE_TO_CHARACTER = bytes(ord(REFERENCE_ALPHABET[byte % len(REFERENCE_ALPHABET)]) for byte in range(256))


def reference_new(length: int = REFERENCE_LENGTH) -> str:
    """A random booking reference; 8 characters of 25 make 1.5e11 of them. It identifies, it does not authorise."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(length))


def references_new(count: int, length: int = REFERENCE_LENGTH) -> list[str]:
    """Many random references as `reference_new` makes them, from few readings of the system's randomness."""
    characters = ""
    while len(characters) < count * length:
        missing = count * length - len(characters)
        characters += os.urandom(missing + 16).translate(_BYTE_TO_CHARACTER, _BYTES_LEFT_OVER).decode("ascii")
    return [characters[start : start + length] for start in range(0, count * length, length)]


def reference_normalise(text: str) -> str:
    """A reference as somebody typed it (`k7 xm-3pqr`), in the form in which it is stored."""
    return "".join(character for character in text.upper() if character.isalnum())


def token_new() -> str:
    """A URL-safe secret of 192 random bits. Only its hash is stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """SHA-256 of a token, in hex. A random 192-bit token needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_matches(token: str, stored_hash: str) -> bool:
    """Whether a token belongs to a stored hash, compared in constant time. An empty hash matches nothing."""
    return bool(stored_hash) and secrets.compare_digest(token_hash(token).encode(), stored_hash.encode())
