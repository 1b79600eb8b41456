from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The outbox."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Listen to the apps below."""
        import_module("notifications.receivers")
