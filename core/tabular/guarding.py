"""Text that spreadsheets would take for a formula, made harmless and back.

A cell whose text begins with = + - @ tab or carriage return is computed by Excel, LibreOffice and Google Sheets;
spaces, quotes and invisible letters in front do not always stop them, and wide forms count in some languages. An
apostrophe before it makes it text (OWASP, https://owasp.org/www-community/attacks/CSV_Injection). The same is done
behind semicolons, tabs, bars and line breaks within a cell: a program that reads commas as text cuts there.

The number of apostrophes in front is raised by exactly one, so the original can be had back.
"""

from __future__ import annotations

import re

_CUTS = r";\t|\r\n\v\f\x1c-\x1f\x85\u2028\u2029"
_IGNORED = r"""'" \x00-\x08\x0e-\x1b\xa0\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"""
_TRIGGERS = r"=+\-@\uff1d\uff0b\uff0d\uff20\u2212"

_PIECE = re.compile(rf"[^{_CUTS}]+")
_DANGER = re.compile(rf"[{_IGNORED}]*[{_TRIGGERS}]")
_MARKED_DANGER = re.compile(rf"'[{_IGNORED}]*[{_TRIGGERS}]")
_BLANK_FIRST = re.compile(r"'*[\t\r\n]")
_MARKED_BLANK_FIRST = re.compile(r"'+[\t\r\n]")


def text_guarded(text: str) -> str:
    """The text as it may stand in a cell: nothing in it is computed. Text without danger is returned as it is."""

    def guard(piece: re.Match[str]) -> str:
        return f"'{piece[0]}" if _DANGER.match(piece[0]) else piece[0]

    guarded = _PIECE.sub(guard, text)
    return f"'{guarded}" if _BLANK_FIRST.match(guarded) else guarded


def text_unguarded(text: str) -> str:
    """The text that `text_guarded` was given."""

    def unguard(piece: re.Match[str]) -> str:
        return piece[0][1:] if _MARKED_DANGER.match(piece[0]) else piece[0]

    marked = text[1:] if _MARKED_BLANK_FIRST.match(text) else text
    return _PIECE.sub(unguard, marked)


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might compute the text when it is typed or pasted."""
    return text_guarded(text) != text
