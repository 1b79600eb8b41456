"""Telling the operators: into the log always, and by mail to `ADMINS`."""

from __future__ import annotations

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import mail_admins

logger = structlog.get_logger(__name__)


def backup_alert(code: str, text: str) -> bool:
    """Tell them now; whether a mail went out. A mail server that is away is logged, and hides nothing else."""
    logger.error("backup_alert", code=code, text=text)
    if not settings.ADMINS:
        return False
    message = f"{text}\n\nSite: {settings.SITE_URL}\nBackups: {settings.BACKUP_ROOT}\n"
    try:
        mail_admins(f"Backups: {text[:120]}", message)
    except (SMTPException, OSError) as error:
        logger.exception("backup_alert_unsent", code=code, error=str(error))
        return False
    return True
