"""What is held about people: where it stands, how it is told to them, and how it is taken away.

Every app says in its own ``privacy.py`` (or ``privacy/``) what each of its models holds about a person:

    holds(
        "waitlist.waitlistentry",
        title=_("Waitlist"),
        find=lambda person: person.by_user("user") | person.by_email("guest_email"),
        personal=("guest_name", "guest_email"),     # told to the person, and erased
        secret=("access_token_hash",),              # erased, never told
        shown=("reference", "arrival"),             # not about the person by itself, told with the rest
        plain=("status",),                          # neither
    )
    holds_nothing("inventory.amenity", "code name", reason="the catalogue")

So lower apps know nothing of upper ones, and export, erasure, the log and restored backups all go by one table. A test
walks every model and refuses a field with text in it that nobody has declared.
"""

from .declaring import Holding, Refusal, encloses, holding_get, holdings, holds, holds_nothing, refuses
from .people import Person, finds

__all__ = [
    "Holding",
    "Person",
    "Refusal",
    "encloses",
    "finds",
    "holding_get",
    "holdings",
    "holds",
    "holds_nothing",
    "refuses",
]
