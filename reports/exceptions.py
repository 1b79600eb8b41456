"""What reports and exports refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict


class TooManyExports(Conflict):
    """Somebody has several exports waiting already (409)."""

    code = "too_many_exports"
    message = _("Several of your exports are not ready yet. Please wait for them, or cancel one.")


class ExportNotReady(Conflict):
    """The file is not there yet, or not any more (409)."""

    code = "export_not_ready"
    message = _("There is no file to fetch.")
