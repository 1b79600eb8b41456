from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class VacancyAdminConfig(AdminConfig):
    """The admin with our site object (log-in of the house, our header and index)."""

    default_site = "config.admin.VacancyAdminSite"

    def ready(self) -> None:
        """Make our Celery application the one that shared tasks belong to, before any app's tasks are read."""
        import_module("config.celery")
        super().ready()
        import_module("config.background")
