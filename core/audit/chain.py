"""The form in which an entry goes into the chain.

    link hash  = sha256(hash of the link before + entry digest)
    entry digest = sha256(what is not about people, as JSON + for each value: its name and digest)
    value digest = sha256(value salt + name + NUL + value as JSON)
    value salt   = sha256(the entry's random salt + name)

Values (of `before` and `after`, the place and the IP address) go in by digests, so that one can be taken away later and
the chain still holds: its digest stays. The entry's salt goes with it, because a country or a date is soon guessed; of
the values that stay, their own salts are kept, from which the entry's cannot be computed (`core.audit.erasing`).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = bytes(32)
COLUMNS = (
    "id, txid, (extract(epoch FROM at) * 1000000)::bigint, operation, model, object_id, parent_model, parent_id, "
    "property_id, keys::text, user_id, origin, request_id, extra::text, place, ip, before::text, after::text, "
    "salt, erased::text"
)
PLAIN_COLUMNS = 14
"""So many of them, from the left, are about no person's data and go in as they are."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was left of an entry's salt when values were taken away: by the values' names, in hexadecimal."""

    digests: Mapping[str, str]
    salts: Mapping[str, str]


def entry_digest(row: tuple[Any, ...]) -> bytes:
    """The digest of an entry that was read with `COLUMNS`."""
    place, ip, before, after, salt, erased = row[PLAIN_COLUMNS:]
    digest = hashlib.sha256(json.dumps(row[:PLAIN_COLUMNS], separators=(",", ":")).encode())
    values = entry_values(place=place, ip=ip, before=before, after=after)
    for name, value_digest in sorted(value_digests(values, salt, erased_read(erased)).items()):
        digest.update(name.encode() + b"\0" + value_digest)
    return digest.digest()


def link_hash(previous: bytes, digest: bytes) -> bytes:
    """The hash of the link that follows ``previous``."""
    return hashlib.sha256(previous + digest).digest()


def entry_values(*, place: str, ip: str, before: str | None, after: str | None) -> dict[str, str]:
    """Every value of an entry that may be about a person, as JSON, by its name; numbers as they are written."""
    values = {"place": json.dumps(place), "ip": json.dumps(ip)}
    for side, text in (("before", before), ("after", after)):
        for column, value in (json.loads(text, parse_float=str) if text else {}).items():
            values[f"{side}.{column}"] = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return values


def value_digests(
    values: Mapping[str, str], salt: uuid.UUID | None, erased: Erased | None
) -> dict[str, bytes]:
    """The digest of each value; of one that was taken away, the one that was kept."""
    digests = {}
    for name, value in values.items():
        kept = erased.digests.get(name) if erased else None
        if kept is not None:
            digests[name] = bytes.fromhex(kept)
        else:
            digests[name] = hashlib.sha256(
                value_salt(name, salt, erased) + name.encode() + b"\0" + value.encode()
            ).digest()
    return digests


def value_salt(name: str, salt: uuid.UUID | None, erased: Erased | None) -> bytes:
    """The salt of one value: from the entry's salt, or the one that was kept when that went."""
    if salt is not None:
        return hashlib.sha256(salt.bytes + name.encode()).digest()
    return bytes.fromhex(erased.salts.get(name, "")) if erased else b""


def erased_read(text: str | None) -> Erased | None:
    """What an entry says of values that were taken away."""
    if text is None:
        return None
    kept = json.loads(text)
    return Erased(digests=kept.get("digests", {}), salts=kept.get("salts", {}))
