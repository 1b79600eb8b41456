"""Where PostgreSQL's programs, data and socket lie for the identity it runs as, and who owns them.

Ordinarily all of it is in the run directory. When root has to become another user, that user may be unable to enter the
project or the virtual environment; then data and socket live in /var/lib/vacancy/<run directory's digest>/ (or /var/tmp
where /var/lib is read-only), the programs are copied beside them when they cannot be reached, and the run directory
holds links, so that everybody else uses the same paths as always.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.binaries import PostgresPrograms
from config.embedded.errors import EmbeddedServerError
from config.embedded.paths import RunPaths
from config.embedded.privileges import Identity, RunAs

REACHABLE_BASES = (Path("/var/lib/vacancy"), Path("/var/tmp/vacancy"))  # noqa: S108 - the owner is checked


@dataclass(frozen=True)
class Placement:
    """Real paths, free of links."""

    bin_dir: Path
    data: Path
    sockets: Path


def place(*, paths: RunPaths, identity: Identity, programs: PostgresPrograms) -> Placement:
    """Create the directories, give them to `identity` and return where they are. Raises EmbeddedServerError."""
    if paths.postgres_data.is_symlink() and not paths.postgres_data.exists():
        paths.postgres_data.unlink()  # what it led to was removed
    if identity.run_as is RunAs.USER:
        home = _private_directory(_reachable_base() / paths.digest, mode=0o711)
        data = _moved_out(paths.postgres_data, target=home / "postgres")
        sockets = _linked_out(paths.postgres_sockets, target=home / "sockets")
        bin_dir = _reachable_programs(programs=programs, identity=identity)
    else:
        data = paths.postgres_data.resolve()
        sockets = paths.postgres_sockets
        if sockets.is_symlink():
            sockets.unlink()
        bin_dir = programs.bin_dir
    sockets.mkdir(mode=0o700, exist_ok=True)
    for directory in (data, sockets):
        if directory.exists():
            _give(directory, identity)
    return Placement(bin_dir=bin_dir, data=data, sockets=sockets)


def private_directory(path: Path) -> Path:
    """Create `path` if need be and return it; nobody but its owner, which must be us, may enter it."""
    return _private_directory(path, mode=0o700)


def forget(paths: RunPaths) -> None:
    """Remove what a run directory keeps outside itself."""
    for base in REACHABLE_BASES:
        shutil.rmtree(base / paths.digest, ignore_errors=True)
    if paths.sockets.parent != paths.run_dir:
        shutil.rmtree(paths.sockets, ignore_errors=True)


def _private_directory(path: Path, *, mode: int) -> Path:
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        status = path.lstat()
    except OSError as error:
        raise EmbeddedServerError(f"The directory {path} cannot be created: {error.strerror}.") from error
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise EmbeddedServerError(
            f"{path} belongs to {_user_name(status.st_uid)}, not to you: run this as that user, or remove it."
        )
    if stat.S_IMODE(status.st_mode) != mode:
        path.chmod(mode)
    return path


def _reachable_base() -> Path:
    for base in REACHABLE_BASES:
        try:
            return _private_directory(base, mode=0o711)
        except EmbeddedServerError:
            continue
    raise EmbeddedServerError(
        f"PostgreSQL cannot run as root and needs a directory another user can reach, but neither {REACHABLE_BASES[0]} "
        f"nor {REACHABLE_BASES[1]} can be created: set DATABASE_URL to a PostgreSQL server."
    )


def _moved_out(link: Path, *, target: Path) -> Path:
    """Return where the data lives that `link` stands for, moving data out of the run directory when it is there."""
    if link.is_symlink():
        return link.resolve()
    if target.exists():
        if link.exists():
            raise EmbeddedServerError(
                f"There is data both in {link} and in {target}: remove the one you do not need."
            )
        shutil.rmtree(target)  # the run directory was deleted and made anew: so was its data
    if link.exists():
        shutil.move(link, target)
    link.symlink_to(target)
    return target


def _linked_out(link: Path, *, target: Path) -> Path:
    """Make `link` lead to `target`; what it was before held nothing but sockets."""
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        shutil.rmtree(link)
    link.symlink_to(target)
    return target


def _give(directory: Path, identity: Identity) -> None:
    status = directory.stat()
    if status.st_uid == identity.owner:
        return
    if os.geteuid() != 0:
        raise EmbeddedServerError(
            f"{directory} belongs to {_user_name(status.st_uid)}, not to you: run this as that user, or remove it."
        )
    for parent, _directories, files in os.walk(directory):
        os.chown(parent, identity.owner, identity.group)
        for name in files:
            os.lchown(Path(parent, name), identity.owner, identity.group)


def _reachable_programs(*, programs: PostgresPrograms, identity: Identity) -> Path:
    """Return programs that `identity` can run: the given ones, or a copy of their installation."""
    if _runs(programs.bin_dir, identity):
        return programs.bin_dir
    changed_ns = (programs.bin_dir / "postgres").stat().st_mtime_ns
    copy = _reachable_base() / f"postgresql-{programs.major}-{changed_ns:x}"
    bin_dir = copy.joinpath(*programs.bin_dir.parts[-3:])
    if not _runs(bin_dir, identity):
        shutil.rmtree(copy, ignore_errors=True)
        partial = copy.with_name(f"{copy.name}.{os.getpid()}.partial")
        _copy_installation(programs.bin_dir, partial)
        if copy.exists():  # another process was quicker
            shutil.rmtree(partial)
        else:
            partial.rename(copy)
        if not _runs(bin_dir, identity):
            raise EmbeddedServerError(
                f"The user {_user_name(identity.uid)} cannot run PostgreSQL from {bin_dir}: set DATABASE_URL "
                "to a PostgreSQL server."
            )
    return bin_dir


def _copy_installation(bin_dir: Path, target: Path) -> None:
    """Copy an installation so that its programs find their libraries, which a wheel puts beside its package.

    A program of the wheel looks for them at ../../../<package>.libs, so the last three parts of its path are kept.
    """
    installation, package = bin_dir.parent, bin_dir.parents[1]
    pieces = {installation: target / package.name / installation.name}
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        pieces[libraries] = target / libraries.name
    for source, destination in pieces.items():
        shutil.copytree(source, destination, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for parent in (destination, *destination.parents):
            parent.chmod(0o755)
            if parent == target:
                break


def _runs(bin_dir: Path, identity: Identity) -> bool:
    """Whether `identity` can start both programs it needs."""
    for program in ("postgres", "initdb"):
        try:
            subprocess.run(
                [bin_dir / program, "--version"],
                capture_output=True,
                timeout=20,
                check=True,
                cwd="/",
                **identity.popen_arguments(death_signal=signal.SIGKILL),
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return True


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
