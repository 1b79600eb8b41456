"""Under which identity PostgreSQL runs: it refuses to run as root, so root has to become somebody else first.

An ordinary user runs it directly. Root tries, in this order,

1. a user namespace in which root is mapped to an unprivileged user: inside, PostgreSQL sees no root; outside, every
   file stays root's, so that project and virtual environment may lie where nobody else can go (/root);
2. a change to an unprivileged user, where user namespaces are not allowed (most containers). That user cannot be
   expected to reach the project, so programs and data live under /var/lib/vacancy (see `placement`).

`VACANCY_SERVERS_RUN_AS` (`namespace` or `user`) demands one of the two.
"""

import ctypes
import enum
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.errors import EmbeddedServerError
from config.embedded.processes import death_signal_setter

CLONE_NEWUSER = 0x10000000
RUN_AS_VARIABLE = "VACANCY_SERVERS_RUN_AS"
UNPRIVILEGED_USERS = ("nobody", "daemon")

_libc = ctypes.CDLL(None, use_errno=True)


class RunAs(enum.Enum):
    """The ways to an identity that PostgreSQL accepts."""

    DIRECT = "direct"
    NAMESPACE = "namespace"
    USER = "user"


@dataclass(frozen=True)
class Identity:
    """Who PostgreSQL runs as: `uid` and `gid` are the identity seen inside, `owner` and `group` the files' outside."""

    run_as: RunAs
    uid: int
    gid: int
    owner: int
    group: int

    def popen_arguments(self, *, death_signal: int) -> dict[str, Any]:
        """Return what `subprocess.Popen` needs to start a program as this identity, tied to the caller's life.

        The tie is made last, because the kernel forgets it when the identity changes.
        """
        tie = death_signal_setter(death_signal)
        if self.run_as is RunAs.USER:
            return {"user": self.uid, "group": self.gid, "extra_groups": [], "preexec_fn": tie}
        if self.run_as is RunAs.NAMESPACE:
            return {"preexec_fn": _in_sequence(lambda: _enter_namespace(uid=self.uid, gid=self.gid), tie)}
        return {"preexec_fn": tie}


def choose_identity() -> Identity:
    """Return the first identity that works here. Raises EmbeddedServerError when none does."""
    if os.geteuid() != 0:
        uid, gid = os.geteuid(), os.getegid()
        return Identity(run_as=RunAs.DIRECT, uid=uid, gid=gid, owner=uid, group=gid)
    demanded = os.environ.get(RUN_AS_VARIABLE, "")
    ways = {
        "namespace": (_namespace_identity,),
        "user": (_user_identity,),
        "": (_namespace_identity, _user_identity),
    }
    if demanded not in ways:
        raise EmbeddedServerError(
            f"{RUN_AS_VARIABLE} is {demanded!r}: set it to 'namespace' or 'user', or not at all."
        )
    for way in ways[demanded]:
        identity = way()
        if _can_run(identity):
            return identity
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root, and this system allows root neither user namespaces nor a change to "
        "another user: run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def _unprivileged_account() -> pwd.struct_passwd:
    """An account that exists (initdb insists on a name for its user) and is not root."""
    for name in UNPRIVILEGED_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    for account in pwd.getpwall():
        if account.pw_uid != 0:
            return account
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root, and this system has no other user: create one, or set DATABASE_URL."
    )


def _namespace_identity() -> Identity:
    account = _unprivileged_account()
    return Identity(run_as=RunAs.NAMESPACE, uid=account.pw_uid, gid=account.pw_gid, owner=0, group=0)


def _user_identity() -> Identity:
    account = _unprivileged_account()
    uid, gid = account.pw_uid, account.pw_gid
    return Identity(run_as=RunAs.USER, uid=uid, gid=gid, owner=uid, group=gid)


def _can_run(identity: Identity) -> bool:
    """Whether a program really starts as `identity`."""
    if identity.run_as is RunAs.NAMESPACE and sys.platform != "linux":
        return False
    try:
        output = subprocess.run(
            ["/usr/bin/id", "-u"],
            capture_output=True,
            timeout=20,
            check=True,
            cwd="/",
            **identity.popen_arguments(death_signal=signal.SIGKILL),
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    return output.strip() == str(identity.uid).encode()


def _in_sequence(*steps: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        for step in steps:
            step()

    return run


def _enter_namespace(*, uid: int, gid: int) -> None:
    """Move this (just forked) process into a user namespace where its own user and group are `uid` and `gid`."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if _libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1")
