"""What happens by the clock and not because somebody acts. Each may run twice, also at the same time."""

from .checks import inventory_check_nightly, ledger_problems_mail
from .digests import staff_digest_send, staff_digests_send
from .no_shows import no_shows_mark
from .rooms import NightlyAssignment, rooms_assign_nightly
from .stay_mails import pre_arrival_mails_send, thank_you_mails_send
from .troubles import calendar_troubles_report

__all__ = [
    "NightlyAssignment",
    "calendar_troubles_report",
    "inventory_check_nightly",
    "ledger_problems_mail",
    "no_shows_mark",
    "pre_arrival_mails_send",
    "rooms_assign_nightly",
    "staff_digest_send",
    "staff_digests_send",
    "thank_you_mails_send",
]
