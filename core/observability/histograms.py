"""Durations in a fixed number of buckets: small, added up by adding, and precise enough for a percentile.

Bucket 0 holds what took up to 0.05 ms; each of the others is 2^(1/4) (19 %) wider than the one before, up to about
three minutes. A percentile read from them is at most 9 % off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

FIRST_SECONDS = 0.000_05
PER_DOUBLING = 4
BUCKETS = 88

_BOUNDS = tuple(FIRST_SECONDS * 2 ** (bucket / PER_DOUBLING) for bucket in range(BUCKETS - 1))


def bucket_of(seconds: float) -> int:
    """The bucket that a duration falls into."""
    return bisect_left(_BOUNDS, seconds)


def bucket_middle(bucket: int) -> float:
    """The duration in the middle of a bucket, in seconds."""
    return float(FIRST_SECONDS * 2 ** ((bucket - 0.5) / PER_DOUBLING))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration, in seconds, that a share (0 to 1) of those counted did not exceed; None if none was."""
    total = sum(counts.values())
    if not total:
        return None
    passed = 0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if passed >= share * total:
            break
    return bucket_middle(bucket)
