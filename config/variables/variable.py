"""What is known of a variable."""

from __future__ import annotations

from dataclasses import dataclass

EVERYBODY = "everybody"
NOBODY = "optional"


@dataclass(frozen=True)
class Variable:
    """One variable of the environment; `default` and `meaning` are Markdown.

    A `secret` may come from a file instead: the variable with `_FILE` behind its name holds the file's path. What is
    `required` stops production from starting when it is missing.
    """

    name: str
    meaning: str
    default: str
    example: str
    needed_by: str = NOBODY
    secret: bool = False
    required: bool = False


@dataclass(frozen=True)
class Section:
    """Variables of one subject, with its title."""

    title: str
    variables: tuple[Variable, ...]
