"""Why a row is not taken."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .exceptions import ImportFailed


class RefusalReason(TextChoices):
    ROW_INCOMPLETE = "row_incomplete", gettext_lazy("the row has too few or too many fields")
    HOTEL_UNKNOWN = "hotel_unknown", gettext_lazy("the hotel is not one of the two of the datasets")
    ROOM_TYPE_INVALID = "room_type_invalid", gettext_lazy("the room type is not a letter")
    ARRIVAL_INVALID = "arrival_invalid", gettext_lazy("the arrival is not a date")
    NUMBER_INVALID = "number_invalid", gettext_lazy("a count is not a whole number in its limits")
    NO_NIGHTS = "no_nights", gettext_lazy("a stay of zero nights")
    STAY_TOO_LONG = "stay_too_long", gettext_lazy("a stay of more than a year")
    NO_GUEST = "no_guest", gettext_lazy("a booking without a guest")
    RATE_INVALID = "rate_invalid", gettext_lazy("the rate is not an amount")
    RATE_NEGATIVE = "rate_negative", gettext_lazy("a negative rate")
    RATE_ABSURD = "rate_absurd", gettext_lazy("an absurdly high rate")
    STATUS_UNKNOWN = "status_unknown", gettext_lazy("the reservation status is unknown")
    STATUS_DATE_INVALID = (
        "status_date_invalid",
        gettext_lazy("the date of the reservation status is not a date"),
    )
    NO_ROOM_LEFT = "no_room_left", gettext_lazy("no room of this type is left on some night")


class Refusal(NamedTuple):
    """A row that is not taken; ``detail`` is the value that was wrong."""

    line: int
    reason: RefusalReason
    detail: str = ""


class RefusalReport:
    """A CSV file with a line for every refusal, written as they come: line, reason, explanation, value.

    Without a path it takes them and writes nothing. Raises `ImportFailed` when the file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = None
        if path is not None:
            try:
                self._file = path.open("w", encoding="utf-8", newline="")
            except OSError as error:
                raise ImportFailed(
                    _("The report %(path)s cannot be written: %(reason)s.")
                    % {"path": path, "reason": error.strerror}
                ) from error
            self._writer = csv.writer(self._file)
            self._writer.writerow(("line", "reason", "explanation", "value"))

    def add(self, refusal: Refusal) -> None:
        if self._file is not None:
            self._writer.writerow(
                (refusal.line, refusal.reason.value, refusal.reason.label, _cell(refusal.detail))
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()


def _cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; a plain number stays a number."""
    if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not text[1:].replace(".", "", 1).isdigit():
        return f"'{text}"
    return text
