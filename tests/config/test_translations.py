"""The catalogs of languages are whole: compiled, without guesses, and with every placeholder of the source."""

import io
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import IO

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings

LOCALE = Path(settings.LOCALE_PATHS[0])
COMPLETE = {"de", "es", "fr", "pt"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|</?\w+>")


@cache
def catalog_read(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalog_read(language) if message.id]


def forms(text: str | Iterable[str] | None) -> list[str]:
    """Singular and plural of a text; an empty one of a translation that is still open."""
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def compiled(file: IO[bytes]) -> dict[tuple[str | None, ...], list[str]]:
    """What a program reads from a compiled catalog, but for its header."""
    return {
        (message.context, *forms(message.id)): forms(message.string)
        for message in read_mo(file)
        if message.id
    }


LANGUAGES = sorted(
    path.name
    for path in LOCALE.iterdir()
    if path.is_dir() and any(any(forms(message.string)) for message in messages(path.name))
)
"""Those somebody has begun to translate."""


def test_every_language_with_a_catalog_is_offered() -> None:
    assert set(LANGUAGES) <= {code for code, _name in settings.LANGUAGES}
    assert set(LANGUAGES) >= COMPLETE


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalog_is_that_of_its_source(language: str) -> None:
    expected = io.BytesIO()
    write_mo(expected, catalog_read(language))
    expected.seek(0)
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        assert compiled(file) == compiled(expected), "make messages compiles it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert not [message.id for message in messages(language) if message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_the_source(language: str) -> None:
    for message in messages(language):
        if not any(forms(message.string)):
            continue
        known = set().union(*map(placeholders, forms(message.id)))
        assert set().union(*map(placeholders, forms(message.string))) <= known, message.id
        assert placeholders(forms(message.string)[-1]) == placeholders(forms(message.id)[-1]), message.id


@pytest.mark.parametrize("language", sorted(COMPLETE))
def test_complete_language_leaves_nothing_in_english(language: str) -> None:
    assert not [message.id for message in messages(language) if not all(forms(message.string))]
