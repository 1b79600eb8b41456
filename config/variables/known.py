"""All variables together."""

from __future__ import annotations

from . import backups, connections, features, operating, privacy, recovery, site, tools
from .variable import Variable

SECTIONS = (
    *site.SECTIONS,
    *connections.SECTIONS,
    *features.SECTIONS,
    *backups.SECTIONS,
    *recovery.SECTIONS,
    *operating.SECTIONS,
    *privacy.SECTIONS,
    *tools.SECTIONS,
)
VARIABLES: dict[str, Variable] = {
    variable.name: variable for section in SECTIONS for variable in section.variables
}
SECRETS = frozenset(name for name, variable in VARIABLES.items() if variable.secret)
"""What may be read from a file, named by the variable with `_FILE` behind its name."""


def variable_names() -> frozenset[str]:
    """Every name that may be set, those of files among them."""
    return frozenset(VARIABLES) | {f"{name}_FILE" for name in SECRETS}
