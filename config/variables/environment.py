"""The environment as settings read it: a secret is a variable, or a file that a variable names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from .known import SECRETS

FILE = "_FILE"
YES = {"true", "on", "ok", "y", "yes", "1"}
NO = {"false", "off", "n", "no", "0", ""}
SHARED = {"DEBUG"}
"""Other programs have a variable of this name too, with words of their own; whatever is not yes is no."""
LONGEST_BYTES = 65_536
"""What is longer is no secret, but a path that means something else."""


class Environment(Mapping[str, str]):
    """The process's variables, where `NAME_FILE` stands for the content of a file. Raises ImproperlyConfigured.

    The content is never put into the environment, which programs pass on and tools show.
    """

    def __getitem__(self, name: str) -> str:
        path = os.environ.get(f"{name}{FILE}", "") if name in SECRETS else ""
        if not path:
            return os.environ[name]
        if name in os.environ:
            raise ImproperlyConfigured(f"{name} and {name}{FILE} are both set: keep one of them.")
        return _file_text(path, variable=f"{name}{FILE}")

    def __contains__(self, name: object) -> bool:
        return name in os.environ or (name in SECRETS and bool(os.environ.get(f"{name}{FILE}")))

    def __iter__(self) -> Iterator[str]:
        yield from os.environ
        yield from (name for name in SECRETS if name not in os.environ and name in self)

    def __len__(self) -> int:
        return sum(1 for _name in self)


class Reader(environ.Env):
    """django-environ over `Environment`.

    A value that begins with `$` is what it is: a password may, and none stands for another variable.
    """

    ENVIRON = Environment()

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False
    ) -> Any:
        """As django-environ's, except that `$` at the beginning means nothing, and that errors name the variable.

        Raises ImproperlyConfigured for what is no number, no yes or no, no JSON.
        """
        value = self.ENVIRON.get(var, "")
        if cast is bool and value.strip().lower() not in YES | NO and var not in SHARED:
            raise _cannot_be(var, value)
        try:
            if value.startswith("$"):
                return self.parse_value(value, cast) if cast else value
            return super().get_value(var, cast, default, parse_default)
        except ValueError as error:
            raise _cannot_be(var, value) from error


env = Reader()


def _cannot_be(name: str, value: str) -> ImproperlyConfigured:
    shown = "what it is" if name in SECRETS else repr(value)
    return ImproperlyConfigured(f"{name} cannot be {shown}: docs/settings.md has an example.")


def _file_text(path: str, *, variable: str) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LONGEST_BYTES + 1)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{variable} names {path}, which cannot be read: {error.strerror}."
        ) from error
    if len(content) > LONGEST_BYTES:
        raise ImproperlyConfigured(f"{variable} names {path}, which is too long to be a secret.")
    try:
        text = content.decode().strip("\r\n")
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{variable} names {path}, which is not text.") from error
    if not text:
        raise ImproperlyConfigured(f"{variable} names {path}, which is empty.")
    return text
