"""What is asked of others over the network: certificates and the mail server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.system.certificates import Certificate, certificates
from core.system.lines import Finding, Group, Reads, State, system_line
from core.system.mailing import mail_is_smtp, mail_server_problem

LOOK_JOB = "core.outside_look"


@system_line(
    "certificates",
    label=_("Certificates"),
    group=Group.MACHINE,
    runbook="certificate-expires",
    reads=Reads.NETWORK,
    order=60,
)
def certificates_line() -> Finding:
    """Whether browsers take them, and how many days the first has left."""
    found = certificates()
    if not found:
        return Finding(State.GREY, gettext("none: the site's address is not https"))
    now = timezone.now()
    for certificate in found:
        if certificate.problem:
            advice = gettext("Renew or mend it; browsers refuse the site.")
            return Finding(State.RED, f"{certificate.name}: {certificate.problem}", advice)
    first = min(found, key=lambda one: _days(one, now))
    days = _days(first, now)
    figure = ngettext("%(name)s: %(number)d day left", "%(name)s: %(number)d days left", int(days)) % {
        "name": first.name, "number": int(days)}  # fmt: skip
    if days < settings.CERTIFICATE_DAYS_MIN:
        return Finding(
            State.RED, figure, gettext("Renew it, and see why it was not renewed by itself."), days
        )
    if days < 1.5 * settings.CERTIFICATE_DAYS_MIN:
        return Finding(State.AMBER, figure, gettext("It should be renewed by itself in these days."), days)
    return Finding(State.GREEN, figure, value=days)


@system_line(
    "mail", label=_("Mail server"), group=Group.SERVERS, runbook="mail-down", reads=Reads.NETWORK, order=60
)
def mail() -> Finding:
    """Whether it greets us. At most two seconds."""
    if not mail_is_smtp():
        return Finding(
            State.GREY, gettext("not asked: %(way)s") % {"way": settings.EMAIL_BACKEND.split(".")[-2]}
        )
    problem = mail_server_problem()
    if problem:
        figure = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {problem}"
        return Finding(State.RED, figure, gettext("Mails wait and are sent when it is back."))
    return Finding(State.GREEN, gettext("%(host)s answers") % {"host": settings.EMAIL_HOST})


def outside_look() -> dict[str, Any]:
    """Ask the others for the figures of Prometheus, which are read far oftener than this need be asked."""
    return {
        "certificates": {
            one.name: {
                "expires": None if one.expires_at is None else round(one.expires_at.timestamp()),
                "problem": one.problem,
            }
            for one in certificates()
        },
        "mail": not mail_server_problem() if mail_is_smtp() else None,
    }


def _days(certificate: Certificate, now: Any) -> float:
    days = certificate.days_left(now)
    return float("inf") if days is None else days
