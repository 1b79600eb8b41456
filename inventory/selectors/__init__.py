"""What inventory reads for others."""

from .quotes import quote_get

__all__ = ["quote_get"]
