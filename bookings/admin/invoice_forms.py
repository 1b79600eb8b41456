"""What staff say when an invoice is issued, sent or taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

from payments.admin.forms import form_key
from payments.types import FolioSubject, InvoiceRecipient


class KeyForm(forms.Form):
    """A form whose sending does something once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, validators=[MinLengthValidator(16)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = form_key()


class InvoiceForm(KeyForm):
    """Which entries, and who they are invoiced to."""

    entries = forms.TypedMultipleChoiceField(
        label=_("On the invoice"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The others stay for another invoice."),
    )
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    company = forms.CharField(label=_("Company"), max_length=150, required=False)
    address = forms.CharField(
        label=_("Address"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    vat_number = forms.CharField(label=_("VAT number"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    send = forms.BooleanField(label=_("Send it by e-mail at once"), required=False)

    def __init__(
        self, *args: Any, choices: list[tuple[int, str]], subject: FolioSubject | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entries"]
        field.choices = choices
        self.initial["entries"] = [value for value, _label in choices]
        if subject is not None:
            self.initial.update(subject.recipient.as_json())
            self.initial["language"] = subject.recipient.language or settings.LANGUAGE_CODE

    def clean(self) -> dict[str, Any]:
        """Somebody is invoiced, and who is to get a mail has an address."""
        values = super().clean() or self.cleaned_data
        if not (values.get("name") or values.get("company")):
            self.add_error("name", _("Please name the recipient."))
        if values.get("send") and not values.get("email") and "email" not in self.errors:
            self.add_error("email", _("Please give an e-mail address."))
        return values

    def recipient(self) -> InvoiceRecipient:
        """Who it is addressed to."""
        values = self.cleaned_data
        names = ("name", "company", "address", "vat_number", "email", "language")
        return InvoiceRecipient(**{name: values[name] for name in names})


class SendForm(KeyForm):
    """Where an invoice is mailed to."""

    email = forms.EmailField(label=_("E-mail address"))


class CancelInvoiceForm(KeyForm):
    """Why an invoice is taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It is printed on the credit note.")
    )
