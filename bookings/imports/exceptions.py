"""Why an import cannot be done at all. Why one row cannot be taken is a `Refusal`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class ImportFailed(DomainError):
    """The file cannot be imported (422). What was written of it before is completed by a repetition."""

    code = "import_failed"
    http_status = 422
    message = _("The file cannot be imported.")
