"""Keeping the figures of days exact."""

from .days import daily_stats_rebuild, daily_stats_refresh
from .proving import DailyStatsDiffer, daily_stats_check_nightly, difference_line

__all__ = [
    "DailyStatsDiffer",
    "daily_stats_check_nightly",
    "daily_stats_rebuild",
    "daily_stats_refresh",
    "difference_line",
]
