"""How far a long step is: commands show it, everybody else works silently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from tqdm import tqdm

Advance = Callable[[int], Any]


class Progress(Protocol):
    """Opens a step; what it gives is called with how much was done since the last call."""

    def __call__(
        self, label: str, *, total: int | None = None, unit: str = "B"
    ) -> AbstractContextManager[Advance]: ...


@contextmanager
def silent(label: str, *, total: int | None = None, unit: str = "B") -> Iterator[Advance]:
    """Show nothing."""
    yield lambda amount: None


def bars(file: Any, *, disable: bool | None = None) -> Progress:
    """Show a bar for each step on a terminal, and nothing where `file` is none."""

    @contextmanager
    def shown(label: str, *, total: int | None = None, unit: str = "B") -> Iterator[Advance]:
        with tqdm(
            desc=label,
            total=total,
            unit=unit,
            unit_scale=unit == "B",
            unit_divisor=1024,
            file=file,
            disable=disable,
        ) as bar:
            yield bar.update

    return shown
