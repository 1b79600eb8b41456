"""`{% icon "check" size="s" %} {% stars 4 %}`: known to every template without loading, and drawn once for all."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "", css: str = "") -> SafeString:
    """A symbol of ``img/icons.svg``, hidden from readers of the page; ``size`` is "s" or "l"."""
    return _icon(name, size, css)


@register.simple_tag
def stars(count: int | None) -> SafeString | str:
    """The stars of a house, read out as "4 stars"; nothing if it has none."""
    return _stars(count, get_language()) if count else ""


@lru_cache(maxsize=1024)
def _icon(name: str, size: str, css: str) -> SafeString:
    classes = " ".join(filter(None, ("icon", size and f"icon--{size}", css)))
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false" viewBox="0 0 24 24"><use href="{}#{}"></use></svg>',
        classes, static("img/icons.svg"), name,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _stars(count: int, language: str | None) -> SafeString:
    label = ngettext("%(counter)s star", "%(counter)s stars", count) % {"counter": count}
    drawn = format_html_join("", "{}", ((_icon("star", "", ""),) for _ in range(min(count, 5))))
    return format_html('<span class="stars" role="img" aria-label="{}">{}</span>', label, drawn)
