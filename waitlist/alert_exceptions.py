"""What is refused about price alerts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, NotFound, register_constraint


class AlertNotFound(NotFound):
    """There is no such alert, or it is somebody else's."""

    code = "alert_not_found"
    message = _("This price alert could not be found. It may have been deleted.")


class AlertExists(Conflict):
    """The same address watches the same stay already."""

    code = "alert_exists"
    message = _("You watch this price already.")


class AlertsTooMany(Conflict):
    """As many alerts as one may have; ``data["limit"]``."""

    code = "alerts_too_many"
    message = _("You have as many price alerts as we allow. Delete one to set another.")


class AlertReached(Conflict):
    """The stay costs no more than the target already; ``data["total"]``."""

    code = "alert_reached"
    message = _("It costs no more than that already: you can book it now.")


register_constraint("price_alert_once", AlertExists)
