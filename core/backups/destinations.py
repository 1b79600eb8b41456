"""The second place: a folder, S3, Google's storage or Supabase's, all through django-storages.

BACKUP_DESTINATION=file:///mnt/backups
BACKUP_DESTINATION=s3://bucket/prefix?region=eu-central-1
BACKUP_DESTINATION=s3://bucket/prefix?endpoint=https://minio.example:9000
BACKUP_DESTINATION=supabase://project-ref/bucket/prefix?region=eu-central-1
BACKUP_DESTINATION=gs://bucket/prefix
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage

from .errors import DestinationFailed

CONNECT_SECONDS = 5
READ_SECONDS = 60
ATTEMPTS = 4
SCHEMES = {
    "file": set[str](),
    "s3": {"region", "endpoint", "addressing"},
    "supabase": {"region", "endpoint"},
    "gs": {"project"},
}
"""The options of each kind."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where copies go; `is_remote`: another company's machines, or another machine at least."""

    text: str
    storage: Storage
    is_remote: bool


def destination_is_set() -> bool:
    """Whether there is a second place."""
    return bool(settings.BACKUP_DESTINATION)


def destination_get() -> Destination:
    """The second place. Nothing is asked of it yet. Raises `DestinationFailed` for an address that is none."""
    text = settings.BACKUP_DESTINATION
    if not text:
        raise DestinationFailed(
            "There is no second place: set BACKUP_DESTINATION, for example to file:///mnt/backups."
        )
    url = urlsplit(text)
    options = dict(parse_qsl(url.query))
    if url.scheme not in SCHEMES:
        raise DestinationFailed(
            f"BACKUP_DESTINATION begins with {', '.join(f'{scheme}://' for scheme in SCHEMES)}; it is {text}."
        )
    unknown = set(options) - SCHEMES[url.scheme]
    if unknown:
        raise DestinationFailed(
            f"BACKUP_DESTINATION has an option that is none: {', '.join(sorted(unknown))}."
        )
    if url.scheme == "file":
        return Destination(text, _folder(url), is_remote=False)
    if not url.hostname or (url.scheme == "supabase" and not url.path.strip("/")):
        raise DestinationFailed(f"BACKUP_DESTINATION names no bucket: {text}.")
    if url.scheme == "gs":
        return Destination(text, _google(url, options), is_remote=True)
    return Destination(text, _s3(url, options), is_remote=True)


def _folder(url: SplitResult) -> Storage:
    path = Path(unquote(url.path))
    if url.netloc or not path.is_absolute():
        raise DestinationFailed("A folder as BACKUP_DESTINATION has three slashes: file:///mnt/backups.")
    return FileSystemStorage(
        location=path, base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700
    )


def _s3(url: SplitResult, options: dict[str, str]) -> Storage:
    from botocore.config import Config  # noqa: PLC0415 - takes half a second, which only copies need
    from storages.backends.s3 import S3Storage  # noqa: PLC0415

    bucket, prefix = url.netloc, url.path.strip("/")
    endpoint, addressing = options.get("endpoint"), options.get("addressing", "auto")
    if url.scheme == "supabase":
        bucket, _, prefix = prefix.partition("/")
        endpoint = endpoint or f"https://{url.netloc}.supabase.co/storage/v1/s3"
    if endpoint:
        addressing = options.get("addressing", "path")
    return S3Storage(
        bucket_name=bucket,
        location=prefix,
        endpoint_url=endpoint,
        region_name=options.get("region", "us-east-1" if endpoint else None),
        access_key=settings.BACKUP_ACCESS_KEY_ID or None,
        secret_key=settings.BACKUP_SECRET_ACCESS_KEY or None,
        default_acl=None,
        file_overwrite=True,
        client_config=Config(
            s3={"addressing_style": addressing},
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            # Others than Amazon's do not know its newer checksums; ours are in the manifest.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _google(url: SplitResult, options: dict[str, str]) -> Storage:
    try:
        from storages.backends.gcloud import GoogleCloudStorage  # noqa: PLC0415 - a package that few have
    except (ImportError, ImproperlyConfigured) as error:  # django-storages makes the one the other
        raise DestinationFailed(
            "Google's storage needs the Python package google-cloud-storage: pip install google-cloud-storage."
        ) from error
    return GoogleCloudStorage(
        bucket_name=url.netloc,
        location=url.path.strip("/"),
        project_id=options.get("project"),
        default_acl=None,
        file_overwrite=True,
    )
