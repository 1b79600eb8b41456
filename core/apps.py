"""Django's entry to core."""

from django.apps import AppConfig
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core.observability import errors, queries
from core.replicas import reading


def jobs_follow_code(apps: Apps, using: str, **_kwargs: object) -> None:
    """After migrations, give every scheduled job its record; ``apps`` are the models as the migrations left them."""
    from core.schedule.states import jobs_sync

    try:
        record = apps.get_model("core", "ScheduledJob")
    except LookupError:
        return
    jobs_sync(record._default_manager.using(using))


class CoreConfig(AppConfig):
    """Cross-cutting code that knows no domain."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "core"
    verbose_name = _("Background work")

    def ready(self) -> None:
        errors.errors_start()
        queries.install()
        reading.install()
        post_migrate.connect(jobs_follow_code, sender=self)
        autodiscover_modules("tasks")  # who handles which effect, and what is done when
        autodiscover_modules("metrics")
        autodiscover_modules("system_lines")
