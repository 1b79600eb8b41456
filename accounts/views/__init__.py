"""The pages of one's own account; logging in and everything about secrets is allauth's."""

from .devices import devices
from .personal_data import account_delete, personal_data
from .profile import profile

__all__ = ["account_delete", "devices", "personal_data", "profile"]
