"""Units of systemd, read strictly: sections, keys, drop-ins, specifiers, and command lines as systemd splits them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

REPEATABLE = {
    *("Environment", "EnvironmentFile", "ExecStartPre", "ExecStart", "ExecStartPost", "After", "Before"),
    *("Wants", "Requires", "PartOf", "WantedBy", "ReadWritePaths", "SystemCallFilter", "OnCalendar"),
}
KNOWN = {
    "Unit": {"Description", "Documentation", "After", "Before", "Wants", "Requires", "PartOf"},
    "Install": {"WantedBy"},
    "Timer": {"OnCalendar", "Persistent", "AccuracySec", "RandomizedDelaySec", "Unit"},
    "Service": {
        *("Type", "ExecStart", "ExecStartPre", "ExecStartPost", "User", "Group", "WorkingDirectory", "UMask"),
        *("Environment", "EnvironmentFile", "TimeoutStartSec", "TimeoutStopSec", "Restart", "RestartSec"),
        *(
            "KillMode",
            "KillSignal",
            "MemoryHigh",
            "MemoryMax",
            "TasksMax",
            "LimitNOFILE",
            "OOMPolicy",
            "Nice",
        ),
        *("IOSchedulingClass", "NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities"),
        *(
            "RestrictSUIDSGID",
            "ProtectSystem",
            "ReadWritePaths",
            "ProtectHome",
            "PrivateTmp",
            "PrivateDevices",
        ),
        *("ProtectProc", "ProcSubset", "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs"),
        *("ProtectControlGroups", "ProtectClock", "ProtectHostname", "RemoveIPC", "RestrictAddressFamilies"),
        *("RestrictNamespaces", "RestrictRealtime", "LockPersonality", "SystemCallArchitectures"),
        *("SystemCallFilter", "SystemCallErrorNumber"),
    },
}
LINE = re.compile(r"(?P<key>[A-Za-z]+)=(?P<value>.*)")


class UnitError(Exception):
    """A unit is not as systemd would take it; the message names file and line."""


@dataclass
class Unit:
    """A unit with its drop-ins: the values of each key in each section, in their order."""

    name: str
    sections: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def instance(self) -> str:
        """What stands between the @ and the ending: `8000` of `vacancy-web@8000.service`."""
        return self.name.rpartition(".")[0].partition("@")[2]

    def all(self, key: str, *, section: str = "Service") -> list[str]:
        """The values of a key, specifiers replaced."""
        return [self._expanded(value) for value in self.sections.get(section, {}).get(key, [])]

    def one(self, key: str, *, section: str = "Service", default: str = "") -> str:
        """The last value of a key."""
        return (self.all(key, section=section) or [default])[-1]

    def command(self, key: str = "ExecStart") -> tuple[str, ...]:
        """The one command line of a key, split as systemd splits it; empty if there is none."""
        lines = self.all(key)
        if len(lines) > 1:
            raise UnitError(f"{self.name} has {key} more than once.")
        return tuple(shlex.split(lines[0])) if lines else ()

    def _expanded(self, value: str) -> str:
        specifiers = {"%": "%", "i": self.instance, "n": self.name}

        def replaced(match: re.Match[str]) -> str:
            if match[1] not in specifiers:
                raise UnitError(f"{self.name}: %{match[1]} is a specifier that is not used here.")
            return specifiers[match[1]]

        return re.sub(r"%(.)", replaced, value)


def unit_read(directory: Path, name: str) -> Unit:
    """Read a unit (an instance from its template) and the drop-ins of its prefix. Raises UnitError."""
    stem, _, ending = name.rpartition(".")
    template = f"{stem.partition('@')[0]}@.{ending}" if "@" in stem else name
    unit = Unit(name)
    for path in [directory / template, *sorted((directory / f"vacancy-.{ending}.d").glob("*.conf"))]:
        if path.exists() or path.name == template:
            _read_into(unit, path)
    return unit


def _read_into(unit: Unit, path: Path) -> None:
    section = ""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        where = f"{path.name}:{number}"
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if text.startswith("["):
            section = text[1:-1]
            if text[-1] != "]" or section not in KNOWN:
                raise UnitError(f"{where}: {text} is no section that is used here.")
            continue
        match = LINE.fullmatch(text)
        if not match or text.endswith("\\"):
            raise UnitError(f"{where}: {text!r} is no line of a unit.")
        key, value = match["key"], match["value"]
        if not section or key not in KNOWN[section]:
            raise UnitError(f"{where}: {key} does not belong into [{section}].")
        values = unit.sections.setdefault(section, {}).setdefault(key, [])
        if values and key not in REPEATABLE:
            raise UnitError(f"{where}: {key} was said before.")
        values.append(value)


def environment_read(text: str) -> dict[str, str]:
    """An `EnvironmentFile`, in the part of its syntax that a shell reads alike. Raises UnitError."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        name, equals, value = line.partition("=")
        words = shlex.split(value)
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name) or len(words) > 1:
            raise UnitError(
                f"line {number} of the environment is not read alike by systemd and by a shell: {name}"
            )
        found[name] = words[0] if words else ""
    return found
