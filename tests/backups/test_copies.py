"""Copies at the second place: a folder, and a real S3 server on this machine."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from core.backups.catalog import Backup, backup_get, backups_list
from core.backups.creating import backup_create
from core.backups.destinations import destination_get
from core.backups.errors import BackupDamaged, BackupError, BackupNotFound, DestinationFailed
from core.backups.pushing import backup_pull, backup_push, backups_there, destination_prune
from core.models import BackupRun

from .conftest import Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BUCKET = "hotel-backups"


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, settings: Any) -> Any:
    """An empty bucket, and the settings that name it."""
    settings.BACKUP_ACCESS_KEY_ID, settings.BACKUP_SECRET_ACCESS_KEY = "test", secrets.token_urlsafe()
    bucket = f"{BUCKET}-{secrets.token_hex(4)}"
    settings.BACKUP_DESTINATION = f"s3://{bucket}/vacancy/nightly?endpoint={s3_server}&region=eu-central-1"
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key=settings.BACKUP_SECRET_ACCESS_KEY,
    )
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.bucket = bucket
    return client


def keys(client: Any) -> list[str]:
    return [item["Key"] for item in client.list_objects_v2(Bucket=client.bucket).get("Contents", [])]


def lose(backup: Backup) -> None:
    for path in backup.folder.iterdir():
        path.unlink()
    backup.folder.rmdir()


def test_to_s3_and_back(backup: Backup, s3: Any) -> None:
    before = {path.name: path.read_bytes() for path in backup.folder.iterdir()}

    assert backup_push(backup) is True
    assert backup_push(backup) is False
    assert sorted(keys(s3)) == sorted(f"vacancy/nightly/{backup.name}/{name}" for name in before)
    assert backups_there() == [backup.name]
    lose(backup)
    pulled = backup_pull("latest")

    assert pulled.name == backup.name
    assert {
        path.name: path.read_bytes() for path in pulled.folder.iterdir() if path.name != "checks.json"
    } == {name: data for name, data in before.items() if name != "checks.json"}
    assert list(BackupRun.objects.order_by("pk").values_list("action", "outcome")) == [
        ("push", "done"),
        ("push", "done"),
        ("pull", "done"),
    ]


def test_what_was_changed_there_does_not_come_back(backup: Backup, s3: Any) -> None:
    backup_push(backup)
    key = f"vacancy/nightly/{backup.name}/database.dump"
    data = bytearray(s3.get_object(Bucket=s3.bucket, Key=key)["Body"].read())
    data[len(data) // 2] ^= 4
    s3.put_object(Bucket=s3.bucket, Key=key, Body=bytes(data))
    lose(backup)

    with pytest.raises(BackupDamaged, match="its hash is another"):
        backup_pull(backup.name)
    assert not backup_get(backup.name).is_verified


def test_list_of_erasures_goes_along_and_loses_no_line(
    backup: Backup, s3: Any, tmp_path: Path, settings: Any
) -> None:
    settings.ERASURES_FILE = str(tmp_path / "here.jsonl")
    Path(settings.ERASURES_FILE).write_bytes(b'{"uid": "1"}\n{"uid": "2"}\n{"uid": "cut o')
    backup_push(backup)
    lose(backup)

    settings.ERASURES_FILE = str(tmp_path / "machine" / "another.jsonl")
    backup_pull("latest")
    another = Path(settings.ERASURES_FILE)
    assert another.read_bytes() == b'{"uid": "1"}\n{"uid": "2"}\n'
    another.write_bytes(b'{"uid": "3"}\n')
    backup_push(backup_get(backup.name))

    listed = s3.get_object(Bucket=s3.bucket, Key="vacancy/nightly/erasures.jsonl")["Body"].read()
    assert listed == b'{"uid": "1"}\n{"uid": "2"}\n{"uid": "3"}\n'


def test_half_a_copy_is_no_backup(backup: Backup, s3: Any, roots: Roots) -> None:
    backup_push(backup)
    s3.delete_object(Bucket=s3.bucket, Key=f"vacancy/nightly/{backup.name}/manifest.json")
    lose(backup)

    assert backups_there() == []
    with pytest.raises(BackupNotFound, match="no complete backup"):
        backup_pull(backup.name)
    assert backups_list() == []
    assert not list(roots.backups.glob("*.partial"))


def test_rule_is_kept_there_too(house: Any, roots: Roots, s3: Any, settings: Any) -> None:
    settings.BACKUP_KEEP = {"daily": 2}
    made = [backup_create(kind="daily", media=False, prune=False) for _ in range(3)]
    for backup in made:
        backup_push(backup)

    assert destination_prune(dry_run=True) == [made[0].name]
    assert len(backups_there()) == 3
    assert destination_prune() == [made[0].name]

    assert backups_there() == [made[2].name, made[1].name]
    assert not [key for key in keys(s3) if made[0].name + "/" in key]


def test_plain_backup_does_not_leave_where_there_is_a_key(backup: Backup, key_file: Path, s3: Any) -> None:
    with pytest.raises(DestinationFailed, match="is not encrypted, though there is a key"):
        backup_push(backup)
    assert keys(s3) == []

    assert backup_push(backup, unencrypted_too=True)


def test_command_makes_and_copies(house: Any, roots: Roots, tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DESTINATION = f"file://{tmp_path}/second"
    out = StringIO()

    call_command("backup_create", kind="weekly", stdout=out)

    (made,) = backups_list()
    assert out.getvalue().splitlines()[-1] == f"A copy is at file://{tmp_path}/second."
    copy = tmp_path / "second" / made.name
    assert {path.name for path in copy.iterdir()} == {path.name for path in made.folder.iterdir()}
    assert (copy / "database.dump").stat().st_mode & 0o077 == 0
    lose(made)
    call_command("backup_pull", stdout=out)
    assert backups_list()[0].manifest == made.manifest


def test_place_that_is_away_is_one_sentence_and_an_alert(
    backup: Backup, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.ADMINS = [("", "operator@hotel.example")]
    settings.BACKUP_ACCESS_KEY_ID, settings.BACKUP_SECRET_ACCESS_KEY = "test", secrets.token_urlsafe()
    settings.BACKUP_DESTINATION = "s3://bucket?endpoint=http://127.0.0.1:9"

    with pytest.raises(CommandError, match=r"s3://bucket.* failed: EndpointConnectionError"):
        call_command("backup_push", stdout=StringIO(), stderr=StringIO())

    assert [mail.to for mail in mailoutbox] == [["operator@hotel.example"]]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "There is no second place"),
        ("ftp://host/folder", "begins with file://"),
        ("s3:///prefix", "names no bucket"),
        ("supabase://project", "names no bucket"),
        ("s3://bucket?regoin=eu", "an option that is none: regoin"),
        ("file://folder", "three slashes"),
        ("gs://bucket", "google-cloud-storage"),
    ],
)
def test_addresses_that_are_none(address: str, sentence: str, settings: Any) -> None:
    settings.BACKUP_DESTINATION = address
    with pytest.raises(DestinationFailed, match=sentence):
        destination_get()


def test_supabase_has_an_endpoint_of_its_own(settings: Any) -> None:
    settings.BACKUP_ACCESS_KEY_ID, settings.BACKUP_SECRET_ACCESS_KEY = "test", secrets.token_urlsafe()
    settings.BACKUP_DESTINATION = "supabase://abcdefgh/backups/hotel?region=eu-central-1"

    storage: Any = destination_get().storage

    assert storage.endpoint_url == "https://abcdefgh.supabase.co/storage/v1/s3"
    assert (storage.bucket_name, storage.location, storage.region_name) == (
        "backups",
        "hotel",
        "eu-central-1",
    )
    assert storage.client_config.s3 == {"addressing_style": "path"}


def test_pull_over_one_that_is_here(backup: Backup, tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DESTINATION = f"file://{tmp_path}/second"
    backup_push(backup)
    with pytest.raises(BackupError, match="is here already"):
        backup_pull(backup.name)
