"""What is refused at the start: a variable that is missing, and one that is misspelt."""

from __future__ import annotations

import difflib
import os
import re

from django.core.exceptions import ImproperlyConfigured

from .environment import FILE, env
from .known import VARIABLES, variable_names

OUR_FAMILIES = ("VACANCY_", "STRIPE_", "BACKUP_", "OUTBOUND_", "DB_POOL_", "REPLICA_")
"""Nothing but Vacancy has variables that begin so."""
ALIKE = 0.88
"""How alike a name must be to one that is known before it is taken for a slip of the pen: 1 is the same."""
SHORTEST_ALIKE = 7
SERVICE_LINK = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)\w*)?)$")
"""What Kubernetes puts into every container for each service there is."""


def environment_check() -> None:
    """Refuse to go on with a variable missing or misspelt; all of them in one sentence. Raises ImproperlyConfigured."""
    troubles = []
    missing = variables_missing()
    if missing:
        names = ", ".join(f"{name} (or {name}_FILE)" if VARIABLES[name].secret else name for name in missing)
        troubles.append(f"{names} must be set")
    for name, meant in sorted(variables_unknown().items()):
        troubles.append(f"{name} is no setting" + (f": {meant} may be meant" if meant else ""))
    if troubles:
        raise ImproperlyConfigured(f"{'; '.join(troubles)}. docs/settings.md lists them all.")


def variables_missing() -> list[str]:
    """The names that production needs and nobody has set."""
    return [
        name
        for name, variable in VARIABLES.items()
        if variable.required and not _given(name) and not _replaced(name)
    ]


def variables_unknown() -> dict[str, str]:
    """The names that look like ours and are not, each with the one that is probably meant, or nothing."""
    known = variable_names()
    found = {}
    for name in os.environ:
        if name in known or SERVICE_LINK.search(name):
            continue
        if name.removesuffix(FILE) in VARIABLES:
            found[name] = name.removesuffix(FILE)  # no secret, so nothing reads its file
            continue
        alike = difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)
        if alike and min(len(name), len(alike[0])) >= SHORTEST_ALIKE:
            found[name] = alike[0]
        elif name.startswith(OUR_FAMILIES):
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
            found[name] = nearest[0] if nearest else ""
    return found


def _given(name: str) -> bool:
    return name in env.ENVIRON and bool(env.ENVIRON[name])


def _replaced(name: str) -> bool:
    """Whether another variable makes it unnecessary: a provider sends mails without a mail server."""
    return name == "EMAIL_URL" and _given("EMAIL_BACKEND")
