"""What a request, a booking, an effect and a process cost, as measured; kept beside this file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.errors import BenchmarkError

COSTS_FILE = Path(__file__).with_name("costs.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCost:
    """Processor milliseconds of one kind of request in the web process and in PostgreSQL, in the mean.

    ``share`` is the kind's part of all requests; ``on_copy`` whether a replica may answer it; ``effects`` how many
    effects it leaves in the outbox. ``cold_…`` is what it costs with every cache emptied before it.
    """

    title: str
    share: float
    web_ms: float
    database_ms: float
    cold_web_ms: float
    cold_database_ms: float
    on_copy: bool
    effects: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """All that the model computes from."""

    measured: str
    kinds: dict[str, KindCost]
    effect_ms: float
    effect_database_ms: float
    lock_ms: float
    booking_bytes: float
    booking_log_bytes: float
    web_megabytes: float
    connection_megabytes: float
    index_entry_bytes: float
    night_rows: float
    copy_megabytes_second: float
    vacuum_megabytes_second: float

    def web_seconds(self) -> float:
        """Of a request of the mix, in the web process."""
        return sum(kind.share * kind.web_ms for kind in self.kinds.values()) / 1000

    def less_cached(self, part: float) -> Costs:
        """The same, where so large a part of the requests finds nothing in the caches."""
        kinds = {
            key: replace(
                kind,
                web_ms=(1 - part) * kind.web_ms + part * kind.cold_web_ms,
                database_ms=(1 - part) * kind.database_ms + part * kind.cold_database_ms,
            )
            for key, kind in self.kinds.items()
        }
        return replace(self, kinds=kinds)

    def database_seconds(self, *, on_copy: bool | None = None) -> float:
        """Of a request of the mix, in PostgreSQL: all of it, what copies may answer, or what the primary must."""
        return (
            sum(
                kind.share * kind.database_ms
                for kind in self.kinds.values()
                if on_copy is None or kind.on_copy is on_copy
            )
            / 1000
        )

    def variation(self) -> float:
        """The squared coefficient of variation of what requests cost in all, each kind taken as always the same."""
        seconds = [(kind.share, (kind.web_ms + kind.database_ms) / 1000) for kind in self.kinds.values()]
        mean = sum(share * one for share, one in seconds)
        return sum(share * one**2 for share, one in seconds) / mean**2 - 1

    def effects(self) -> float:
        """How many effects a request of the mix leaves."""
        return sum(kind.share * kind.effects for kind in self.kinds.values())

    @property
    def bookings(self) -> float:
        """Bookings for each request of the mix."""
        return self.kinds["hold"].share


def costs_read(path: Path = COSTS_FILE) -> Costs:
    """The measured costs. Raises BenchmarkError where there are none, or those of another model."""
    try:
        found = json.loads(path.read_text())
        kinds = {key: KindCost(**kind) for key, kind in found.pop("kinds").items()}
        return Costs(kinds=kinds, **found)
    except FileNotFoundError:
        raise BenchmarkError(
            f"{path.name} is not there: run python -m benchmarks.scaling --measure."
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise BenchmarkError(f"{path.name} is not what the model needs ({error}): measure anew.") from error


def costs_write(costs: Costs, path: Path = COSTS_FILE) -> None:
    """Keep them; they are committed, because the tables are computed from them."""
    path.write_text(json.dumps(asdict(costs), indent=1) + "\n")
