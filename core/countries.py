"""The countries of the world, for a choice in the reader's language."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from django.utils.translation import get_language

from core.formats import active_locale

NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
"""Two-letter codes of CLDR that ISO 3166-1 does not assign."""


def country_choices() -> list[tuple[str, str]]:
    """Pairs of ISO 3166-1 code and name, sorted by name, with an empty one first."""
    return [("", ""), *_countries(get_language() or "en")]


@lru_cache(maxsize=16)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    pairs = [
        (code, name)
        for code, name in active_locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    ]
    return tuple(sorted(pairs, key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))


def is_country(code: str) -> bool:
    """Whether a code is a country's (upper case)."""
    return any(code == known for known, _name in _countries("en"))
