"""Django's entry to core."""

from django.apps import AppConfig

from core.observability import queries


class CoreConfig(AppConfig):
    """Cross-cutting code that knows no domain."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        queries.install()
