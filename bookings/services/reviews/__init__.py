"""Writes of reviews. Lock order: Booking → Review → PropertyRating, which the triggers lock."""

from .moderating import REPLY_MAX_LENGTH, review_moderate, review_reply_set
from .reporting import report_decide, review_report
from .writing import (
    TEXT_MAX_LENGTH,
    TITLE_MAX_LENGTH,
    review_author_erase,
    review_change,
    review_withdraw,
    review_write,
    reviews_author_erase,
)

__all__ = [
    "REPLY_MAX_LENGTH",
    "TEXT_MAX_LENGTH",
    "TITLE_MAX_LENGTH",
    "report_decide",
    "review_author_erase",
    "review_change",
    "review_moderate",
    "review_reply_set",
    "review_report",
    "review_withdraw",
    "review_write",
    "reviews_author_erase",
]
