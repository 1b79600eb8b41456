"""What came of the restore drills: the last one and the last that succeeded, in a file beside the backups."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from .layout import backup_root, file_write

DRILLS = "drills.json"


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """One drill: of which backup, when it was begun, how long all and each step took; no `error`: it succeeded."""

    backup: str
    at: str
    seconds: float
    steps: dict[str, float] = field(default_factory=dict)
    error: str = ""


def drill_last() -> DrillRecord | None:
    """The last drill, however it ended."""
    return _read().get("last")


def drill_last_success() -> DrillRecord | None:
    """The last drill that succeeded; its duration is the recovery time to expect."""
    return _read().get("last_success")


def drill_record(record: DrillRecord) -> None:
    """Write a drill down."""
    records = {**_read(), "last": record, **({} if record.error else {"last_success": record})}
    text = json.dumps({name: asdict(one) for name, one in records.items()}, indent=1)
    file_write(backup_root(create=True) / DRILLS, text + "\n")


def _read() -> dict[str, DrillRecord]:
    try:
        facts = json.loads((backup_root() / DRILLS).read_text())
        return {name: DrillRecord(**one) for name, one in facts.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
