"""Files that no address leads to: whoever hands one out checks first who asks."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage


def private_storage() -> Storage:
    """Return the place of such files (`PRIVATE_ROOT`); they are readable for the server's own user only."""
    return FileSystemStorage(
        location=settings.PRIVATE_ROOT,
        base_url=None,
        file_permissions_mode=0o600,
        directory_permissions_mode=0o700,
    )


def private_files_delete_old(folder: str, *, before: datetime) -> int:
    """Delete files below a folder that were written before an instant, whoever left them; how many."""
    storage = private_storage()
    if not storage.exists(folder):
        return 0
    folders, names = storage.listdir(folder)
    deleted = sum(private_files_delete_old(f"{folder}/{name}", before=before) for name in folders)
    for name in names:
        path = f"{folder}/{name}"
        if storage.get_modified_time(path) < before:
            storage.delete(path)
            deleted += 1
    return deleted
