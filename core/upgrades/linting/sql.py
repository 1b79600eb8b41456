"""SQL cut into statements and an ALTER TABLE into its actions; comments are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What a semicolon, comma or bracket inside does not count in: strings, quoted names, bodies of functions.
TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<whole>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?P<tag>\$\w*\$).*?(?P=tag))"
    r"|(?P<mark>[;,()])"
    r"|(?P<other>[^;,()'\"$/-]+|.)",
    re.DOTALL,
)
ALTER_TABLE = re.compile(
    r'ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(?:"?\w+"?\.)?"?(?P<table>\w+)"?\s*\*?\s*(?P<actions>.*)',
    re.IGNORECASE | re.DOTALL,
)


def statements(sql: str) -> list[str]:
    """The statements of a script, each on one line and without its comments and its semicolon."""
    return [" ".join(part.split()) for part in _cut(sql, ";") if part.strip()]


def actions(statement: str) -> tuple[str, list[str]]:
    """The table of an ALTER TABLE and what is done to it; no table for any other statement."""
    match = ALTER_TABLE.match(statement)
    if match is None:
        return "", []
    return match["table"], [part.strip() for part in _cut(match["actions"], ",") if part.strip()]


def _cut(text: str, mark: str) -> Iterator[str]:
    """Cut at a mark that is not inside a string, a body or brackets."""
    depth = 0
    part = ""
    for token in TOKEN.finditer(text):
        if token["comment"]:
            part += " "
            continue
        if token["mark"]:
            depth += {"(": 1, ")": -1}.get(token["mark"], 0)
            if token["mark"] == mark and depth <= 0:
                yield part
                part = ""
                continue
        part += token[0]
    yield part
