from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        import_module("bookings.receivers")
        import_module("bookings.dashboard").register()
        import_module("bookings.channels").register()
        import_module("bookings.house_reviews").register()
        import_module("bookings.selectors.digest").register()
        import_module("bookings.folios").register()
        import_module("bookings.house_spaces").register()
