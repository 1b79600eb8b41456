from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        import_module("accounts.receivers")
        import_module("accounts.privacy.own")
        import_module("accounts.privacy.rules")
        import_module("accounts.privacy.restored")
        autodiscover_modules("privacy")  # what every app holds about people
