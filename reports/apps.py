from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """What the house sold, earned and expects: figures of each day, and the reports made of them."""

    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from .exporting import audit, catalogue, money, stays  # noqa: F401 - they add what can be exported
