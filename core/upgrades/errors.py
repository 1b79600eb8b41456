"""Why an upgrade did not happen, or did not come to its end."""


class UpgradeError(Exception):
    """One clear sentence for the operator; what it means for the database is part of it."""


class UpgradeInterrupted(UpgradeError):
    """The operator, or whoever stops services, has ended it by a signal."""
