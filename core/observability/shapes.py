"""The shape of a statement: what is left of it without its values, so that statements can be counted and shown."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

SHAPE_MAX_LENGTH = 2_000
KNOWN_MAX = 4_096

STRING = re.compile(r"(?:\bE)?'(?:[^'\\]|''|\\.)*'", re.DOTALL)
DOLLAR_STRING = re.compile(r"\$([A-Za-z_]*)\$.*?\$\1\$", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
NUMBER = re.compile(r"(?<![\w\"$.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w\"])")
PLACEHOLDER = re.compile(r"%s|%\(\w+\)s")
LIST = re.compile(r"\(\s*\?(?:\s*,\s*\?)+\s*\)")
ROWS = re.compile(r"\(…\)(?:\s*,\s*\(…\))+")
SAVEPOINT = re.compile(r"^((?:ROLLBACK TO |RELEASE )?SAVEPOINT) .*", re.IGNORECASE | re.DOTALL)
BLANKS = re.compile(r"\s+")
SCHEMA = re.compile(r"^(?:ALTER|COMMENT|CREATE|DROP|SET CONSTRAINTS)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A shape and the short name it is counted under. ``is_work``: not just the bounds of a transaction.

    ``is_schema``: it changes tables and not what is in them, as a thousand statements of migrations do.

    Shapes are compared by identity, which is what makes counting them cheap.
    """

    digest: str
    text: str
    is_work: bool
    is_schema: bool = False


_known: dict[int, Shape] = {}


def sql_shape(sql: str) -> str:
    """The statement without literals, comments and the length of its lists, cut at 2,000 characters.

    `WHERE id IN (1, 2, 3) AND name = 'x'` and any other list and name give `WHERE id IN (…) AND name = ?`.
    """
    shape = DOLLAR_STRING.sub("?", STRING.sub("?", sql))
    shape = PLACEHOLDER.sub("?", COMMENT.sub(" ", shape))
    shape = ROWS.sub("(…), …", LIST.sub("(…)", NUMBER.sub("?", shape)))
    return SAVEPOINT.sub(r"\1", BLANKS.sub(" ", shape).strip())[:SHAPE_MAX_LENGTH]


def shape_of(sql: str) -> Shape:
    """The shape of a statement, from memory where it was asked for before.

    Statements are remembered by their hash, so that neither their number nor their length fills the memory.
    """
    key = hash(sql)
    shape = _known.get(key)
    if shape is None:
        if len(_known) >= KNOWN_MAX:
            _known.clear()
        shape = _known[key] = _shape(sql)
    return shape


def _shape(sql: str) -> Shape:
    text = sql_shape(sql)
    digest = hashlib.blake2s(text.encode(), digest_size=6).hexdigest()
    is_work = "SAVEPOINT" not in text[:24].upper()
    return Shape(digest=digest, text=text, is_work=is_work, is_schema=bool(SCHEMA.match(text)))
