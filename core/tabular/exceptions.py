"""What is refused about files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import ValidationFailed


class FileUnreadable(ValidationFailed):
    """Not a table we can read, or one with a line that is wrong; ``data`` names line and column."""

    code = "file_unreadable"
    message = _("This file is not a table we can read. Please use CSV, XLSX or ODS.")


class FileTooLarge(ValidationFailed):
    """More bytes, rows or columns than we take."""

    code = "file_too_large"
    message = _("This file is too large.")


class TooManyRows(ValidationFailed):
    """More rows than the format holds; ``data`` has the limit."""

    code = "too_many_rows"
    message = _("There are too many rows for this format. Please choose CSV.")
