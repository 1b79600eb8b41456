"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

CELL_MAX = 110


def table_lines(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of a table: numbers to the right, text to the left and cut where it is too long."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(headers), *cells]) for column in range(len(headers))]
    numeric = [
        bool(rows) and all(isinstance(row[column], (int, float)) for row in rows)
        for column in range(len(headers))
    ]
    return [
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in [list(headers), *cells]
    ]


def size_text(number: int) -> str:
    """Bytes for people."""
    amount = float(number)
    for unit in ("B", "kB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def _cell(value: object) -> str:
    text = f"{value:,.2f}" if isinstance(value, float) else str(value)
    return text if len(text) <= CELL_MAX else f"{text[: CELL_MAX - 1]}…"
