from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WaitlistConfig(AppConfig):
    """Guests who wait: for rooms to come free, and for prices to fall."""

    name = "waitlist"
    verbose_name = _("Waitlist")

    def ready(self) -> None:
        import_module("waitlist.receivers")
        import_module("waitlist.dashboard").register()
        import_module("waitlist.alert_dashboard").register()
        import_module("waitlist.selectors.digest").register()
