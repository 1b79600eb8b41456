"""The form of a price alert. The stay itself stands in the address of its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.money import currency_minor_unit
from waitlist.models import PriceAlert
from waitlist.models.alerts import DROP_PERCENT_MAX, DROP_PERCENT_MIN
from waitlist.services.alerts import AlertWish

DEFAULT_PERCENT = 10


class AlertForm(forms.Form):
    """When to write: below a price, or after a drop; and to whom, for who has no account."""

    TARGET, PERCENT = "target", "percent"

    kind = forms.ChoiceField(
        label=_("Write to me"),
        choices=[(TARGET, _("when the stay costs at most …")), (PERCENT, _("when it has dropped by …"))],
        widget=forms.RadioSelect,
        initial=PERCENT,
    )
    target_total = forms.DecimalField(
        label=_("Price of the whole stay"),
        min_value=0,
        max_digits=14,
        decimal_places=3,
        required=False,
    )
    drop_percent = forms.IntegerField(
        label=_("Percent"),
        min_value=DROP_PERCENT_MIN,
        max_value=DROP_PERCENT_MAX,
        initial=DEFAULT_PERCENT,
        required=False,
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We send a link there first, and nothing else until you have followed it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    wish: AlertWish

    def __init__(self, *args: Any, currency: str, asks_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = self.fields["target_total"]
        target.label = _("Price of the whole stay, in %(currency)s") % {"currency": currency}
        target.widget.attrs["step"] = str(currency_minor_unit(currency))
        if not asks_address:
            del self.fields["email"], self.fields["name"]

    @classmethod
    def of_alert(cls, alert: PriceAlert, data: Any = None) -> AlertForm:
        """Return the form that changes an alert."""
        initial: dict[str, Any] = {"kind": cls.PERCENT, "drop_percent": alert.drop_percent or DEFAULT_PERCENT}
        if alert.target_total is not None:
            step = currency_minor_unit(alert.currency)
            initial |= {"kind": cls.TARGET, "target_total": alert.target_total.quantize(step)}
        return cls(data, initial=initial, currency=alert.currency, asks_address=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        field = "target_total" if data["kind"] == self.TARGET else "drop_percent"
        value: Decimal | int | None = data.get(field)
        if value is None:
            raise ValidationError({field: _("This is needed.")})
        try:
            self.wish = AlertWish(**{field: value})  # type: ignore[arg-type]
        except DomainError as error:
            self.refuse(error)
        return data

    def refuse(self, error: DomainError) -> None:
        """Show what was refused, at the field that was wrong."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))
