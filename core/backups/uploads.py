"""Uploaded media and private files: into a tar, and back to where they were."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings

from core.pictures import SIZED_FOLDER

from .archives import ArchiveWriter
from .errors import BackupDamaged, BackupError
from .layout import MEDIA, PRIVATE, backup_root
from .manifest import FileFacts
from .progress import Progress

WHOLE_BYTES = 16 << 20
"""A file up to this size is read at once, so that one that grows meanwhile is stored as it was."""
COPY_BYTES = 1 << 20


def uploads_roots() -> dict[str, Path]:
    """The archive of each folder of files that people have given us or that were made for them."""
    return {MEDIA: Path(settings.MEDIA_ROOT), PRIVATE: Path(settings.PRIVATE_ROOT)}


def uploads_pack(root: Path, path: Path, *, secret: bytes | None, progress: Progress) -> FileFacts:
    """Put every file below `root` into a tar at `path`; sizes of pictures that can be made again stay out.

    A file that is deleted meanwhile is left out.
    """
    files = list(_files(root))
    with (
        progress(path.name.partition(".")[0], total=sum(size for _file, size in files)) as advance,
        ArchiveWriter(path, secret=secret, advance=advance) as archive,
    ):
        archive.entries = 0
        with tarfile.open(fileobj=cast("IO[bytes]", archive), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for file, _size in files:
                archive.entries += _add(tar, file, root)
    return archive.facts


def uploads_unpack(stream: Any, root: Path | None, *, name: str) -> int:
    """Read a tar to its end and, with `root`, write its files there; how many.

    A file that is there already is replaced at once and whole; others stay. Raises `BackupDamaged`.
    """
    count = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                source = tar.extractfile(member)
                if not member.isreg() or source is None or not _is_inside(member.name):
                    raise BackupDamaged(f"{name} holds something that is no file of ours: {member.name!r}.")
                target = root / member.name if root is not None else None
                _copy(source, target, member)
                count += 1
    except (tarfile.TarError, EOFError) as error:
        raise BackupDamaged(f"{name} cannot be read to its end: {error}.") from error
    return count


def _files(root: Path) -> Iterator[tuple[Path, int]]:
    backups = backup_root().resolve()
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            one
            for one in folders
            if (here / one).resolve() != backups and f"{(here / one).relative_to(root)}/" != SIZED_FOLDER
        )
        for name in sorted(names):
            path = here / name
            try:
                facts = path.lstat()
            except FileNotFoundError:
                continue  # deleted since its folder was listed
            if stat.S_ISREG(facts.st_mode):
                yield path, facts.st_size


def _add(tar: tarfile.TarFile, path: Path, root: Path) -> int:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return 0
    with file:
        facts = os.fstat(file.fileno())
        member = tarfile.TarInfo(str(path.relative_to(root)))
        member.size, member.mtime, member.mode = facts.st_size, facts.st_mtime, stat.S_IMODE(facts.st_mode)
        source: IO[bytes] = file
        if facts.st_size <= WHOLE_BYTES:
            data = file.read(WHOLE_BYTES)
            member.size, source = len(data), io.BytesIO(data)
        try:
            tar.addfile(member, source)
        except OSError as error:
            if "unexpected end of data" in str(error):
                raise BackupError(f"{path} became shorter while it was read: try again.") from error
            raise
    return 1


def _is_inside(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


def _copy(source: IO[bytes], target: Path | None, member: tarfile.TarInfo) -> None:
    if target is None:
        while source.read(COPY_BYTES):
            pass
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.restoring")
    with partial.open("wb") as file:
        while piece := source.read(COPY_BYTES):
            file.write(piece)
    partial.chmod(member.mode & 0o777)
    os.utime(partial, (member.mtime, member.mtime))
    partial.replace(target)
