"""The steps: install, start servers, install again, start the units, ask, wait for the clock, stop."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .roots import PROJECT, TryError, environment_here, systemctl_made_up
from .running import Program, unit_environment
from .units import Unit, unit_read

HOST = "hotel.example"
PATIENCE_SECONDS = 300.0


@dataclass
class Report:
    """What was done, and how long each step took."""

    root: str
    seconds: dict[str, float] = field(default_factory=dict)
    programs: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What was said to systemctl."""
    page_title: str = ""
    job: str = ""
    """A scheduled job that beat asked for and a worker did."""


class Trial:
    """One try in a root: `/` inside namespaces, or a directory."""

    def __init__(self, *, root: Path, confined: bool) -> None:
        self.root = root
        self.confined = confined
        self.report = Report(root="namespace" if confined else "directory")
        self.place = root / "var/lib/vacancy/try"
        self.logs = root / "var/log/vacancy-try"
        self.started: list[Program] = []
        self.servers: subprocess.Popen[bytes] | None = None

    def run(self) -> Report:
        """All steps; whatever happens, nothing is left running. Raises TryError."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            systemctl_made_up(self.root / "usr/local/sbin", self.logs / "systemctl")
            self._step("install", lambda: self._install("--no-start"))
            self._step("servers", self._servers_start)
            self._step("install again", lambda: self._install(*(() if self.confined else ("--no-start",))))
            if not self.confined:
                self._step("upgrade", lambda: self._manage("upgrade"))
            self._step("programs", self._programs_start)
            self._step("pages", self._pages_ask)
            self._step("a job by the clock", self._job_wait)
            self._step("stop", self._programs_stop)
        finally:
            self._end()
        return self.report

    def _step(self, name: str, step: Callable[[], object]) -> None:
        started = time.monotonic()
        step()
        self.report.seconds[name] = round(time.monotonic() - started, 1)

    def _install(self, *options: str) -> None:
        sockets = self.place / "run/sockets"
        database = f"postgresql://vacancy@/{sockets}/postgres/vacancy"
        command = [
            *("sh", str(PROJECT / "deploy/debian/install.sh"), "--host", HOST, "--no-packages", "--timers"),
            *("--email-url", "smtp://127.0.0.1:25", "--venv", str(environment_here())),
            *("--database-url", database, "--redis-url", f"unix://{sockets}/valkey?db=0", *options),
        ]
        if not self.confined:
            command += ["--root", str(self.root)]
        self._done(command, "install.sh")
        log = self.logs / "systemctl"
        self.report.told = log.read_text().splitlines() if log.exists() else []

    def _servers_start(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        command = [
            str(self.root / "opt/vacancy/venv/bin/python"),
            "-m",
            "scripts.debian_try.servers",
            str(self.place),
        ]
        if self.confined:
            self._done(["chown", "-R", "vacancy:vacancy", str(self.place)], "chown")
            command = ["setpriv", "--reuid", "vacancy", "--regid", "vacancy", "--init-groups", *command]
        with (self.logs / "servers.log").open("wb") as log:
            self.servers = subprocess.Popen(
                command, cwd=self.root / "opt/vacancy", stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (self.place / "ready").exists():
            if self.servers.poll() is not None or time.monotonic() > deadline:
                raise TryError(f"The servers do not start: {(self.logs / 'servers.log').read_text()[-1500:]}")
            time.sleep(0.1)

    def _programs_start(self) -> None:
        for name in self._wanted():
            program = Program(self._unit(name), logs=self.logs, confined=self.confined)
            program.start()
            self.started.append(program)
            self.report.programs.append(name)

    def _wanted(self) -> list[str]:
        """What the target starts; in a directory, where the machine's ports may be taken, on free ones."""
        target = self._unit("vacancy.target")
        names = [name for line in target.all("Wants", section="Unit") for name in line.split()]
        if self.confined:
            return names
        return [re.sub(r"@80\d\d\.", f"@{_free_port()}.", name) for name in names]

    def _pages_ask(self) -> None:
        for program in self.started:
            if not program.unit.name.startswith("vacancy-web@"):
                continue
            page = self._get(program, "/")
            title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
            sheet = re.search(r'href="(/static/css/site\.[0-9a-f]+\.css)"', page)
            if not title or not sheet:
                raise TryError(f"{program.unit.name} answers with a page that is none: {page[:500]}")
            self._get(program, sheet[1])
            self.report.page_title = " ".join(title[1].split())

    def _get(self, program: Program, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", int(program.unit.instance), timeout=60)
        try:
            connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise TryError(f"{program.unit.name} answers {path} with {answer.status}: {program.said()}")
        return text

    def _job_wait(self) -> None:
        """Beat has asked for a job, and a worker has done it: the whole chain behind the pages works."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for program in self.started:
                program.check()
            jobs = json.loads(self._manage("scheduled_jobs", "--json", may_fail=True))
            done = [job["job"] for job in jobs if job["last_succeeded_at"]]
            if done:
                self.report.job = done[0]
                return
            time.sleep(1)
        raise TryError(
            "No scheduled job was done: " + " ".join(program.said() for program in self.started[2:])
        )

    def _manage(self, *arguments: str, may_fail: bool = False) -> str:
        command = [str(self.root / "opt/vacancy/deploy/debian/vacancy-manage"), *arguments]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=unit_environment(Unit("")),
        )
        if done.returncode != 0 and not may_fail:
            raise TryError(f"vacancy-manage {' '.join(arguments)}: {(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def _programs_stop(self) -> None:
        for program in self.started:
            program.check()
        while self.started:
            self.started[0].stop()
            self.started.pop(0)

    def _end(self) -> None:
        for program in self.started:
            if program.process is not None and program.process.poll() is None:
                program.process.kill()
                program.process.wait()
        if self.servers is not None:
            self.servers.terminate()
            self.servers.wait()

    def _unit(self, name: str) -> Unit:
        return unit_read(self.root / "etc/systemd/system", name)

    def _done(self, command: list[str], what: str) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=unit_environment(Unit("")) | {"HOME": "/"},
        )
        if done.returncode != 0:
            raise TryError(f"{what} failed: {(done.stdout + done.stderr)[-2500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
