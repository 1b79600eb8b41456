"""This machine: its disks and its clock."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.observability.disks import disks
from core.system.clocks import clock_offsets, is_synchronized
from core.system.lines import Finding, Group, Reads, State, system_line

OFFSET_SECONDS_MAX = 2.0
GIGABYTE = 1_000_000_000


@system_line("disk", label=_("Disks"), group=Group.MACHINE, runbook="disk-full")
def disk() -> Finding:
    """How full the disks of this machine are that we write to."""
    fullest = min(disks(), key=lambda one: one.free_share)
    figure = gettext("%(share).0f %% free (%(free).1f of %(size).0f GB) at %(path)s") % {
        "share": fullest.free_share * 100,
        "free": fullest.free_bytes / GIGABYTE,
        "size": fullest.size_bytes / GIGABYTE,
        "path": fullest.path,
    }
    advice = gettext("Make room before backups and the database stop.")
    if fullest.free_share < settings.DISK_FREE_SHARE_MIN:
        return Finding(State.RED, figure, advice, fullest.free_share)
    if fullest.free_share < 2 * settings.DISK_FREE_SHARE_MIN:
        return Finding(State.AMBER, figure, advice, fullest.free_share)
    return Finding(State.GREEN, figure, value=fullest.free_share)


@system_line("clock", label=_("Clock"), group=Group.MACHINE, runbook="clock-wrong", reads=Reads.DATABASE)
def clock() -> Finding:
    """This machine's clock beside the database's and the cache server's, and whether something keeps it right."""
    offsets = clock_offsets()
    worst = max(offsets.values(), key=abs)
    figure = gettext("%(seconds)+.2f s beside the servers") % {"seconds": worst}
    if abs(worst) > OFFSET_SECONDS_MAX:
        return Finding(State.RED, figure, gettext("Set the clocks by NTP on every machine."), worst)
    if is_synchronized() is False:
        figure = gettext("%(figure)s, not kept right by NTP") % {"figure": figure}
        return Finding(State.AMBER, figure, gettext("Let chrony or systemd-timesyncd keep it."), worst)
    return Finding(State.GREEN, figure, value=worst)
