"""Django's entry to core."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.observability import queries


class CoreConfig(AppConfig):
    """Cross-cutting code that knows no domain."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        queries.install()
        autodiscover_modules("tasks")  # who handles which effect, and what is done when
