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
        """As django-environ's, except that `$` at the beginning means nothing."""
        value = self.ENVIRON.get(var, "")
        if value.startswith("$"):
            return self.parse_value(value, cast) if cast else value
        return super().get_value(var, cast, default, parse_default)


env = Reader()


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
