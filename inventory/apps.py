from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.audit.houses import houses_known_by


class InventoryConfig(AppConfig):
    """Properties, and the nights they sell."""

    name = "inventory"
    verbose_name = _("Inventory")

    def ready(self) -> None:
        """Let single writes outdate what is cached."""
        import_module("inventory.receivers").connect()
        houses_known_by(import_module("inventory.selectors.houses").houses_named)
