"""A process that sends exports and tells how much memory each took: `python -m tests.core.tabular.streams`.

A process of its own, because what a compressor takes is seen only from outside of Python, and the most that a process
ever held never goes down again.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.http import StreamingHttpResponse
from django.test import RequestFactory

from core.compression import CODINGS, CompressionMiddleware
from core.tabular import Column, Table, table_csv

FEW = 2_000
"""Four megabytes: as far back as any compressor looks, so each has taken by then what it ever takes."""
MANY = 6_000
MORE = 20_000
NOTE = "It was quiet, the bed was good, and somebody carried the bags. " * 32
COLUMNS = [Column("id", "Id"), Column("note", "Note")]


def csv(number: int) -> Iterator[bytes]:
    """The file of so many rows of two kilobytes, as an export writes it."""
    return table_csv(Table(columns=COLUMNS, rows=((position, NOTE) for position in range(number))))


def lines(number: int) -> Iterator[bytes]:
    """As many bytes, written faster: what a compressor gets."""
    return (f"{position},{NOTE}\r\n".encode() * 10 for position in range(number // 10))


def sent(content: Iterable[bytes], *, accept: str) -> Iterator[bytes]:
    """What leaves the process of a streamed answer, piece by piece."""
    request = RequestFactory().get("/export.csv", headers={"Accept-Encoding": accept})
    request.resolver_match = SimpleNamespace(app_names=["reports"], url_name="export")  # type: ignore[assignment]
    made = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response: Any = CompressionMiddleware(lambda _request: made)(request)
    assert response.headers.get("Content-Encoding", "identity") == accept
    return iter(response)


def measured(send: Callable[[], Iterator[bytes]]) -> dict[str, int]:
    """Bytes sent, and how much more memory than ever before this took, in kilobytes."""
    before = most_kilobytes()
    size = sum(len(piece) for piece in send())
    return {"sent": size, "grown": most_kilobytes() - before}


def most_kilobytes() -> int:
    """The most memory that this program ever held; `getrusage` would count what was held before it was started."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def main() -> None:
    """Send everything in small, then in large, then hold it as a list."""
    measured(lambda: sent(csv(FEW), accept="identity"))
    told = {"identity": measured(lambda: sent(csv(MANY), accept="identity"))}
    for accept in CODINGS:
        measured(lambda accept=accept: sent(lines(FEW), accept=accept))  # type: ignore[misc]
        told[accept] = measured(lambda accept=accept: sent(lines(MORE), accept=accept))  # type: ignore[misc]
    told["as a list"] = measured(lambda: iter(list(lines(MORE))))
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
