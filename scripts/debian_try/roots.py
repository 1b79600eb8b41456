"""Where it is installed: an overlay over this machine in namespaces, or a directory that stands for a root."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
UNSHARE = ("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child")
IN_NAMESPACE = "VACANCY_TRY_INSIDE"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


class TryError(Exception):
    """It cannot be tried here, or it failed; the message says where."""


def namespaces_allowed(place: Path) -> bool:
    """Whether root here may have a mount namespace with an overlay over the machine's own root."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return False
    script = (
        'set -e; mount -t tmpfs none "$0"; mkdir "$0/u" "$0/w" "$0/r"; '
        'mount -t overlay overlay -o "lowerdir=/,upperdir=$0/u,workdir=$0/w" "$0/r"; chroot "$0/r" true'
    )
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([*UNSHARE, "sh", "-c", script, str(place)], capture_output=True, check=False)
    return done.returncode == 0


def overlay_enter(place: Path, *, needed: list[Path]) -> None:
    """Make the overlay at `place` and change into it for good. `needed` must be reachable there for every user."""
    _mount("-t", "tmpfs", "-o", "mode=0755", "none", str(place))
    upper, work, root = (place / name for name in ("upper", "work", "root"))
    for directory in (upper, work, root):
        directory.mkdir(mode=0o755)
    _mount("-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", str(root))
    for path in needed:
        inside = root / path.relative_to("/")
        if not inside.exists():  # another file system of this machine
            inside.mkdir(parents=True, exist_ok=True)
            _mount("--rbind", str(path), str(inside))
        for parent in (inside, *inside.parents):
            if parent == root:
                break
            parent.chmod(parent.stat().st_mode | 0o055)
    _mount("-t", "proc", "proc", str(root / "proc"))
    _mount("--rbind", "/dev", str(root / "dev"))
    _mount("-t", "tmpfs", "-o", "mode=0755", "none", str(root / "run"))
    os.chroot(root)
    os.chdir("/")
    _loopback_up()


def systemctl_made_up(directory: Path, log: Path) -> None:
    """Put a `systemctl` there that writes down what it is told, because there is no init to tell."""
    directory.mkdir(parents=True, exist_ok=True)
    program = directory / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$*" >>{log}\n')
    program.chmod(0o755)


def no_new_names() -> None:
    """Keep what is mounted from here on to ourselves. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    private_everywhere = (1 << 18) | (1 << 14)  # MS_PRIVATE | MS_REC
    if libc.mount(b"none", b"/", None, private_everywhere, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TryError(f"mount {' '.join(arguments)}: {done.stderr.strip()}")


def _loopback_up() -> None:
    """A network of its own has a loopback that is down: then the ports of the units are free for certain."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | IFF_UP, b""))


def environment_here() -> Path:
    """The Python environment that runs this, with links resolved."""
    return Path(sys.prefix).resolve()
