from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.resilience.services import EMAIL, service_register


class NotificationsConfig(AppConfig):
    """The outbox."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Listen to the apps below, and say which answers of a mail server show that it works."""
        import_module("notifications.receivers")
        from notifications import dashboard
        from notifications.channels.sms import SMS, sms_is_offered
        from notifications.exceptions import DeliveryDeferred, DeliveryRefused

        dashboard.register()
        answers = (DeliveryRefused, DeliveryDeferred)
        service_register(EMAIL, label=_("E-mail"), ignored=answers)
        service_register(SMS, label=_("Text messages"), ignored=answers, is_listed=sms_is_offered)
