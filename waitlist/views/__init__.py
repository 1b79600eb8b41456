"""The pages of guests who wait."""

from .entries import entry, entry_list
from .joining import join
from .offers import offer

__all__ = ["entry", "entry_list", "join", "offer"]
