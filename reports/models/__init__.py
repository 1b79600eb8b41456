"""What reports are made of, who gets them, and what was exported."""

from .days import DailyStat, DailyStatMark
from .exports import Export, ExportFormat, ExportState
from .groups import PropertyGroup
from .marking import BookingMarks, NightMarks
from .schedules import AttachedFormat, ReportSchedule, Rhythm, Weekday

__all__ = [
    "AttachedFormat",
    "BookingMarks",
    "DailyStat",
    "DailyStatMark",
    "Export",
    "ExportFormat",
    "ExportState",
    "NightMarks",
    "PropertyGroup",
    "ReportSchedule",
    "Rhythm",
    "Weekday",
]
