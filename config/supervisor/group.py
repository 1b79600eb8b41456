"""The group of programs, from start to stop."""

import contextlib
import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from config.embedded import Session, start_services
from config.embedded.processes import death_signal_setter
from config.supervisor.claims import HOST
from config.supervisor.errors import SupervisorError
from config.supervisor.output import Output
from config.supervisor.programs import Child, Program

WATCH_SECONDS = 0.2
ANSWER_SECONDS = 90.0
HOPELESS_FAILURES = 3
# What a developer's machine need not hear: that root runs it.
QUIET = "ignore:You're running the worker with superuser privileges"


class Supervisor:
    """The group's life from start to stop."""

    servers: Session

    def __init__(
        self,
        *,
        run_dir: Path,
        port: int,
        programs: Sequence[Program],
        preparation: Sequence[str],
        output: Output,
    ) -> None:
        self.run_dir = run_dir
        self.port = port
        self.preparation = preparation
        self.output = output
        self.stopping = threading.Event()
        self.hurried = False
        self.environment = {"DEBUG": "false", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": QUIET} | os.environ
        self.environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        self.children = [Child(program, environment=self.environment, output=output) for program in programs]

    @property
    def address(self) -> str:
        """Where a browser finds the site."""
        return f"http://{HOST}:{self.port}/"

    def run(self) -> None:
        """Run until told to stop. Raises SupervisorError, EmbeddedServerError."""
        with self._signals():
            self.output.line("vacancy", "starting PostgreSQL and Valkey")
            self.servers = start_services(self.run_dir)
            try:
                if not self.stopping.is_set():
                    self._prepare()
                try:
                    self._serve()
                finally:
                    self._stop()
                self.output.line("vacancy", "stopping PostgreSQL and Valkey")
            finally:
                self.servers.leave()
        self.output.line("vacancy", "stopped")

    def _serve(self) -> None:
        if self.stopping.is_set():
            return
        site, *others = self.children
        site.start()
        deadline = time.monotonic() + ANSWER_SECONDS
        answered = False
        while not self.stopping.wait(WATCH_SECONDS):
            self._watch_servers()
            for child in self.children:
                child.watch()
            if answered:
                continue
            answered = self._site_answers()
            if answered:
                self._welcome()
                # Only now: while they start they take the processors from the site that somebody waits for.
                for child in others:
                    child.start()
            elif site.failures >= HOPELESS_FAILURES or time.monotonic() > deadline:
                raise SupervisorError(
                    "The site does not start: what it said is above, on the lines marked web."
                )

    def _watch_servers(self) -> None:
        """Start the servers again whose keeper was killed. Raises EmbeddedServerError."""
        if self.servers.is_alive():
            return
        self.output.line("vacancy", "PostgreSQL and Valkey have ended unexpectedly; starting them again")
        self.servers.leave()
        self.servers = start_services(self.run_dir)
        self.output.line("vacancy", "PostgreSQL and Valkey are back")

    def _prepare(self) -> None:
        """Run the preparation as a child that a signal can stop."""
        process = subprocess.Popen(
            self.preparation,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=death_signal_setter(signal.SIGKILL),
        )
        while process.poll() is None:
            if self.stopping.wait(WATCH_SECONDS / 4):
                process.terminate()
                process.wait()
                return
        if process.returncode != 0:
            raise SupervisorError("The database could not be prepared: the reason is above.")

    def _site_answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self) -> None:
        lines = ["", f"Vacancy is ready at {self.address}", "Ctrl-C stops it.", ""]
        with contextlib.suppress(FileNotFoundError):
            lines[2:2] = (self.run_dir / "demo-logins.txt").read_text().rstrip().splitlines()
        self.output.plain("\n".join(lines))

    def _stop(self) -> None:
        for child in self.children:
            if child.process is not None:
                self.output.line("vacancy", f"stopping {child.program.name}")
                child.stop(patience=0.0 if self.hurried else 1.0)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """The first signal stops in order; one more does not wait for anybody."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.hurried = self.stopping.is_set()
            self.stopping.set()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
