"""Which migrations may run while the site is open: see `rules` for what is refused and what to do instead."""

from .linting import Finding, migrations_lint
from .released import Released, released_read
from .rules import RULES

__all__ = ["RULES", "Finding", "Released", "migrations_lint", "released_read"]
