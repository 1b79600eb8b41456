"""The receipt as a document."""

from .document import Attachment, receipt_attachment

__all__ = ["Attachment", "receipt_attachment"]
