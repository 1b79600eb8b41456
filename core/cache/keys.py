"""The one place that names cached data: its namespaces, how long they live, and their keys.

| kind of key                          | holds                                                             |
|--------------------------------------|-------------------------------------------------------------------|
| `g:<namespace>:<scope>`              | the generation: a random token, replaced by every write           |
| `v:<code>:<namespace>:<scope>:<key>` | a value, with the generation under which it was computed          |
| `l:<code>:<namespace>:<scope>:<key>` | who is computing that value                                       |
| `stats`                              | the counts of all processes                                       |

`<code>` is the version of the code (`core.cache.version`): processes of two versions, as during a deployment, share
generations, so that each outdates what the other wrote, and no values.

Personal data and anything that is sold from does not belong in any namespace; `user_bookings` holds references,
dates and states, not contact data; `user_inbox` holds a number.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from core.cache.client import cache_key
from core.cache.version import code_version

KEY_MAX_LENGTH = 160

KeyPart = str | int
Scope = KeyPart | tuple[KeyPart, ...]
"""Whose data it is, in the order the namespace states: `12` or `(12,)` for a property."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A kind of cached data. A write in a scope (say, of one property) outdates everything of that scope.

    ``alias`` names the entry of ``CACHES`` where its values lie; generations are always in ``default``.
    """

    name: str
    scope: tuple[str, ...]
    ttl_seconds: int
    alias: str = "default"


MINUTE = 60
HOUR = 60 * MINUTE

CATALOGUE = Namespace("catalogue", scope=("property_id",), ttl_seconds=HOUR)
SPECIAL_DAYS = Namespace("special_days", scope=("property_id",), ttl_seconds=24 * HOUR)
AVAILABILITY = Namespace("availability", scope=("property_id",), ttl_seconds=5 * MINUTE)
NIGHTS = Namespace("nights", scope=("property_id", "week"), ttl_seconds=5 * MINUTE)
"""Nothing is kept here: the weeks in which rooms were sold or came free, for what else is made from them."""
USER_BOOKINGS = Namespace("user_bookings", scope=("user_id",), ttl_seconds=5 * MINUTE)
USER_INBOX = Namespace("user_inbox", scope=("user_id",), ttl_seconds=5 * MINUTE)
REPORTS = Namespace("reports", scope=("property_id",), ttl_seconds=15 * MINUTE)
PAGES = Namespace("pages", scope=("name",), ttl_seconds=10 * MINUTE, alias="pages")

NAMESPACES = {
    namespace.name: namespace
    for namespace in (
        CATALOGUE,
        SPECIAL_DAYS,
        AVAILABILITY,
        NIGHTS,
        USER_BOOKINGS,
        USER_INBOX,
        REPORTS,
        PAGES,
    )
}


def generation_key(namespace: Namespace, scope: Scope) -> str:
    """Where the generation of a scope stands."""
    return cache_key("g", namespace.name, *_scope_parts(namespace, scope))


def value_key(namespace: Namespace, scope: Scope, key: Scope) -> str:
    """Where a value stands."""
    return _key("v", namespace, scope, key)


def lock_key(namespace: Namespace, scope: Scope, key: Scope) -> str:
    """Where it stands who computes a value."""
    return _key("l", namespace, scope, key)


def generation_pattern(namespace: Namespace) -> str:
    """What every generation of a namespace matches."""
    return cache_key("g", namespace.name, "*")


def _key(kind: str, namespace: Namespace, scope: Scope, key: Scope) -> str:
    parts = (code_version(), namespace.name, *_scope_parts(namespace, scope), _compact(key))
    return cache_key(kind, *parts, alias=namespace.alias)


def _scope_parts(namespace: Namespace, scope: Scope) -> list[str]:
    parts = scope if isinstance(scope, tuple) else (scope,)
    if len(parts) != len(namespace.scope):
        raise ValueError(f"the scope of {namespace.name} is {namespace.scope}, not {parts}")
    return [str(part) for part in parts]


def _compact(key: Scope) -> str:
    """The key as text; a long one, or one with blanks, by its hash."""
    text = "|".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
    if len(text) <= KEY_MAX_LENGTH and text.isprintable() and " " not in text:
        return text
    return hashlib.sha256(text.encode()).hexdigest()
