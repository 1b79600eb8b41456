"""Whether an answer is what a document shows: what differs from day to day and from site to site may differ."""

from __future__ import annotations

import re
from typing import Any

ANYTHING = "…"
VOLATILE_KEYS = re.compile(
    r"^(id|property|room_type|rate_plan|tax|reference|access_token|token|secret|fingerprint|request_id|timestamp)$|_at$"
    r"|^(count|next|previous|next_after|oldest|last|sequence|available)$"
)
"""What is another number or text at another site, or on another day."""
VOLATILE_TEXTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\d{4}-\d\d-\d\d",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)",
        r"https?://\S+",
        r"(?:(?!/admin)/\w+)+/[A-Z0-9]{8}/.*",
        r"[0-9a-f]{32}",
        r"\w+:[A-Z0-9]{8}",
        r"[A-Z0-9]{8}",
    )
)


def differences(shown: Any, answered: Any, *, at: str = "$", key: str = "") -> list[str]:
    """Where an answer is not as it is shown.

    `…` stands for anything: as a text, within one, as the last element of a list, and as a key for further keys.
    """
    if shown in (ANYTHING, answered):
        return []
    if (
        VOLATILE_KEYS.search(key)
        and not isinstance(shown, (dict, list))
        and not isinstance(answered, (dict, list))
    ):
        return []
    if isinstance(shown, dict) and isinstance(answered, dict):
        return _objects(shown, answered, at)
    if isinstance(shown, list) and isinstance(answered, list):
        return _lists(shown, answered, at)
    if isinstance(shown, str) and isinstance(answered, str) and _alike(shown, answered):
        return []
    return [f"{at}: {answered!r}, and {shown!r} is shown"]


def _objects(shown: dict[str, Any], answered: dict[str, Any], at: str) -> list[str]:
    named = shown.keys() - {ANYTHING}
    found = [f"{at}: {name} is shown and is not there" for name in sorted(named - answered.keys())]
    if ANYTHING not in shown:
        found += [f"{at}: {name} is there and is not shown" for name in sorted(answered.keys() - named)]
    for name in sorted(named & answered.keys()):
        found += differences(shown[name], answered[name], at=f"{at}.{name}", key=name)
    return found


def _lists(shown: list[Any], answered: list[Any], at: str) -> list[str]:
    rest_is_anything = bool(shown) and shown[-1] == ANYTHING
    wanted = shown[:-1] if rest_is_anything else shown
    if len(answered) < len(wanted) or (len(answered) > len(wanted) and not rest_is_anything):
        return [f"{at}: {len(answered)} elements, and {len(wanted)} are shown"]
    pairs = enumerate(zip(wanted, answered, strict=False))
    return [line for number, (one, other) in pairs for line in differences(one, other, at=f"{at}[{number}]")]


def _alike(shown: str, answered: str) -> bool:
    if ANYTHING in shown:
        pattern = ".*".join(re.escape(part) for part in shown.split(ANYTHING))
        return bool(re.fullmatch(pattern, answered, re.DOTALL))
    return any(pattern.fullmatch(shown) and pattern.fullmatch(answered) for pattern in VOLATILE_TEXTS)
