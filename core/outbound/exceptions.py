"""What can go wrong when we call an address that a user gave us. All are `OutboundError`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError


class OutboundError(DomainError):
    """The address could not be called, or did not answer as it should."""

    code = "outbound_failed"
    http_status = 422
    message = _("This address cannot be reached.")


class UrlRefused(OutboundError):
    """The address is not one we call, whatever it resolves to: scheme, credentials, port, form."""

    code = "url_refused"
    message = _("Please give a complete https address without user name and password.")


class AddressRefused(OutboundError):
    """The name leads to a private, local or otherwise special network address."""

    code = "address_refused"
    message = _("This address leads into a private network and is not called.")


class NameNotFound(OutboundError):
    """The name has no address."""

    code = "name_not_found"
    message = _("There is no computer of this name.")


class OutboundTimeout(OutboundError):
    """No connection, no answer, or no end of it in time. Whether the request was acted upon is not known."""

    code = "outbound_timeout"
    message = _("This address does not answer in time.")


class OutboundUnreachable(OutboundError):
    """No connection, a broken one, or a certificate that does not fit."""

    code = "outbound_unreachable"


class OutboundAnswerUnreadable(OutboundError):
    """The answer is not HTTP, or is encoded in a way that we did not ask for."""

    code = "outbound_answer_unreadable"
    message = _("This address gives an answer that cannot be read.")


class OutboundTooLarge(OutboundError):
    """The answer is larger than the caller wants it."""

    code = "outbound_too_large"
    message = _("The answer of this address is too large.")


class TooManyRedirects(OutboundError):
    """The address sends us on more often than the caller allows."""

    code = "outbound_too_many_redirects"
    message = _("This address sends us on to another one.")
