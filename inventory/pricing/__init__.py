"""What a stay costs and whether it may be sold: pure functions over data fetched beforehand."""

from .data import House
from .labels import line_label
from .policies import cancellation_free_until, cancellation_penalty, no_show_fee
from .quotes import quote_build
from .restrictions import stay_reason

__all__ = [
    "House",
    "cancellation_free_until",
    "cancellation_penalty",
    "line_label",
    "no_show_fee",
    "quote_build",
    "stay_reason",
]
