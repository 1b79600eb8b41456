from django.apps import AppConfig, apps
from django.db import models


class NewerConfig(AppConfig):
    """The next version's model: added here, because two versions of the code cannot be in one folder."""

    name = "tests.upgrades.newer"

    def ready(self) -> None:
        booking = apps.get_model("bookings", "Booking")
        booking.add_to_class("wish", models.TextField(null=True, default="by the new version"))
