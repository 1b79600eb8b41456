"""What a proof of an index is: code of the site that reads by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .figures import World

Proofs = Mapping[str, Callable[[World], object]]
"""By the index's name: a call whose statements, planned on the data, use it."""
