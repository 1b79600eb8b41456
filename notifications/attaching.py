"""Files and pictures of the private storage that go with a mail."""

from __future__ import annotations

from email.mime.image import MIMEImage
from typing import Any

from django.core.mail import EmailMultiAlternatives

from core.private_files import private_storage


def files_attach(message: EmailMultiAlternatives, context: dict[str, Any]) -> None:
    """Attach what a context names (`FileContext`, `PictureContext`). No query.

    What is not kept any more is left out: the mail says where it can be seen. A picture stands where the HTML says
    ``cid:chart-<number>``, from 1.
    """
    storage = private_storage()
    for number, picture in enumerate(context.get("charts") or (), start=1):
        if storage.exists(picture["path"]):
            with storage.open(picture["path"]) as file:
                image = MIMEImage(file.read(), "png")
            image.add_header("Content-ID", f"<chart-{number}>")
            image.add_header("Content-Disposition", "inline", filename=f"chart-{number}.png")
            message.attach(image)
    for entry in context.get("files") or ():
        if storage.exists(entry["path"]):
            with storage.open(entry["path"]) as file:
                message.attach(entry["name"], file.read(), entry["mime_type"])
