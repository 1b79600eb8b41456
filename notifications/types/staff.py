"""What messages to staff hold, and the one for everything else."""

from __future__ import annotations

from typing import TypedDict

from .houses import PropertyContext


class DigestLineContext(TypedDict):
    """One thing to know."""

    text: str
    url: str  # absolute address; "" if there is none


class DigestSectionContext(TypedDict):
    """One heading of a digest; a section without lines says so."""

    title: str
    lines: list[DigestLineContext]


class StaffDigestContext(TypedDict):
    """What a day brings to a house."""

    property: PropertyContext
    date: str
    sections: list[DigestSectionContext]


class FileContext(TypedDict):
    """A file in the private storage that goes with a mail, while it is kept there."""

    name: str
    path: str
    mime_type: str


class PictureContext(TypedDict):
    """A picture in the private storage that stands in a mail."""

    path: str
    title: str
    description: str
    width: int
    height: int


class ReportContext(TypedDict):
    """A report that is sent regularly; everything is written in the reader's language already."""

    property: PropertyContext | None  # the one house it is about; None: several
    title: str
    scope: str
    period: str
    compared: str  # the other period; "" for none
    charts: list[PictureContext]
    headings: list[str]
    rows: list[list[str]]
    totals: list[list[str]]
    rows_left_out: int
    notes: list[str]
    formula: str
    files: list[FileContext]
    url: str
    leave_url: str  # where this report is declined; "" where it was sent to be looked at


class WebhookDisabledContext(TypedDict):
    """An endpoint is no longer delivered to."""

    property: PropertyContext | None  # None: one of the whole chain
    endpoint_url: str
    reason: str  # "gone" (it answered 410), "failing" (for three days); other words are shown as they are
    since: str  # instant of the first failure
    manage_url: str


class ConflictContext(TypedDict):
    """One imported event that found no free room: the nights ``[start, end)``."""

    start: str
    end: str
    summary: str
    rooms_missing: int


class CalendarConflictContext(TypedDict):
    """Another channel has sold what was not free."""

    property: PropertyContext
    room_type: str
    calendar_name: str
    conflicts: list[ConflictContext]
    manage_url: str


class GenericContext(TypedDict):
    """A message in words of its own, which are written in the reader's language already."""

    name: str  # of the reader; "" if not known
    title: str
    paragraphs: list[str]
    action_url: str  # absolute; "" for none
    action_label: str
    property: PropertyContext | None
