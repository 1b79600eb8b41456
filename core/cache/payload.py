"""How a value lies on the cache server: pickled, and compressed where that pays."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import structlog
from backports import zstd

COMPRESS_FROM_BYTES = 2_048
"""Below this a value travels as fast as it is; from there zstd leaves a quarter of it in a tenth of a millisecond."""
COMPRESS_LEVEL = 3

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, the generation under which it was computed, and when it ends (seconds since 1970).

    ``cost`` are the seconds it took to compute, ``size`` its bytes when pickled.
    """

    generation: str
    expires_at: float
    value: Any
    cost: float = 0.0
    size: int = 0
    namespace: str = ""


class _Pickler(pickle.Pickler):
    """Writes frozen dataclasses with slots as a call with their values.

    What they bring themselves looks up their fields for each object, which took most of the time of a catalogue.
    """

    def reducer_override(self, value: Any) -> Any:
        """Give class and values, and leave everything else to the usual ways."""
        # A class is hashable, whatever the stubs say.
        values = _values_of(type(value))  # type: ignore[arg-type]
        return NotImplemented if values is None else (type(value), values(value))


@lru_cache(maxsize=1024)
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """What gives the values of a frozen dataclass with slots, in the order in which it takes them."""
    if not (is_dataclass(kind) and kind.__dataclass_params__.frozen and "__slots__" in vars(kind)):  # type: ignore[attr-defined]
        return None
    known = fields(kind)
    if len(known) < 2 or hasattr(kind, "__post_init__") or any(not f.init or f.kw_only for f in known):
        return None
    values: Callable[[Any], tuple[Any, ...]] = attrgetter(*(f.name for f in known))
    return values


def pickled(value: Any) -> bytes:
    """The value as bytes."""
    written = io.BytesIO()
    _Pickler(written, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return written.getvalue()


def pack(entry: Entry, body: bytes) -> bytes:
    """An entry whose value is pickled as ``body``, as it is sent to the server."""
    is_compressed = len(body) >= COMPRESS_FROM_BYTES
    sent = zstd.compress(body, COMPRESS_LEVEL) if is_compressed else body
    return pickled((entry.generation, entry.expires_at, entry.cost, len(body), is_compressed, sent))


def unpack(payload: bytes, *, namespace: str, generation: str | None, now: float) -> Entry | None:
    """The entry; None for one of another generation, an expired one, and one that cannot be read.

    The value of an outdated entry is not even looked at.
    """
    try:
        made_under, expires_at, cost, size, is_compressed, body = pickle.loads(payload)  # noqa: S301 - ours alone
        if made_under != generation or now >= expires_at:
            return None
        value = pickle.loads(zstd.decompress(body) if is_compressed else body)  # noqa: S301 - ours alone
    except (
        pickle.UnpicklingError,
        zstd.ZstdError,
        AttributeError,
        ImportError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        logger.warning("cache_value_unreadable", namespace=namespace, error=type(error).__name__)
        return None
    return Entry(made_under, expires_at, value, cost, size, namespace)
