"""`{% load stays %}{% party_words stay party %} {% options form.adults_choices form.adults.value %}`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from core.dates import StayDates
from inventory.types import Party

register = template.Library()


@register.simple_tag
def party_words(stay: StayDates, party: Party) -> str:
    """How long, how many, and in how many rooms if there are several: "2 nights, 2 adults, 1 child"."""
    return _party_words(stay.nights, party.adults, party.children, party.rooms, get_language())


@register.simple_tag
def options(choices: Iterable[int | str], chosen: object = None) -> SafeString:
    """The options of a select or a datalist, each its own value."""
    return _options(tuple(choices), "" if chosen is None else str(chosen))


@lru_cache(maxsize=1024)
def _party_words(nights: int, adults: int, children: int, rooms: int, _language: str | None) -> str:
    parts = [
        ngettext("%(counter)s night", "%(counter)s nights", nights) % {"counter": nights},
        ngettext("%(counter)s adult", "%(counter)s adults", adults) % {"counter": adults},
    ]
    if children:
        parts.append(ngettext("%(counter)s child", "%(counter)s children", children) % {"counter": children})
    if rooms > 1:
        parts.append(ngettext("%(counter)s room", "%(counter)s rooms", rooms) % {"counter": rooms})
    return ", ".join(parts)


@lru_cache(maxsize=512)
def _options(choices: tuple[int | str, ...], chosen: str) -> SafeString:
    marks = ((choice, SafeString(" selected" if str(choice) == chosen else ""), choice) for choice in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marks)
