from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from payments.gateways import GATEWAYS
        from payments.gateways.calls import gateway_services_register

        gateway_services_register(GATEWAYS.values())
