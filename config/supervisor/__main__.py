"""`python -m config.supervisor`: run the site until Ctrl-C."""

import contextlib
import errno
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from config.embedded import EmbeddedServerError, services
from config.embedded.processes import death_signal_setter
from config.supervisor.errors import SupervisorError
from config.supervisor.output import Output
from config.supervisor.programs import Child, site_programs

PROJECT_ROOT = Path(__file__).resolve().parents[2]
RUN_DIR = PROJECT_ROOT / ".run"
HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
WATCH_SECONDS = 0.2
ANSWER_SECONDS = 90.0
HOPELESS_FAILURES = 3


class Supervisor:
    """The group's life from start to stop."""

    def __init__(self, *, run_dir: Path, port: int, output: Output) -> None:
        self.run_dir = run_dir
        self.port = port
        self.output = output
        self.stopping = threading.Event()
        self.hurried = False
        self.environment = {"DEBUG": "false", "PYTHONUNBUFFERED": "1"} | os.environ
        self.environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
        programs = site_programs(run_dir=run_dir, host=HOST, port=port)
        self.children = [Child(program, environment=self.environment, output=output) for program in programs]

    @property
    def address(self) -> str:
        """Where a browser finds the site."""
        return f"http://{HOST}:{self.port}/"

    def run(self) -> None:
        """Run until told to stop. Raises SupervisorError, EmbeddedServerError."""
        with self._signals():
            self.output.line("vacancy", "starting PostgreSQL and Valkey")
            with services(self.run_dir):
                if not self.stopping.is_set():
                    self._prepare()
                try:
                    self._serve()
                finally:
                    self._stop()
                self.output.line("vacancy", "stopping PostgreSQL and Valkey")
        self.output.line("vacancy", "stopped")

    def _serve(self) -> None:
        if self.stopping.is_set():
            return
        for child in self.children:
            child.start()
        deadline = time.monotonic() + ANSWER_SECONDS
        answered = False
        while not self.stopping.wait(WATCH_SECONDS):
            for child in self.children:
                child.watch()
            if answered:
                continue
            answered = self._site_answers()
            if answered:
                self._welcome()
            elif self.children[0].failures >= HOPELESS_FAILURES or time.monotonic() > deadline:
                raise SupervisorError(
                    "The site does not start: what it said is above, on the lines marked web."
                )

    def _prepare(self) -> None:
        """Run the preparation as a child that a signal can stop."""
        process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor.prepare"],
            cwd=PROJECT_ROOT,
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


def chosen_port() -> int:
    """Return the port to serve on, from PORT, after making sure that it is free. Raises SupervisorError."""
    text = os.environ.get("PORT") or DEFAULT_PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SupervisorError(f"PORT is {text!r}, but a port is a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise SupervisorError(
                f"Port {port} {reason}: choose another, for example PORT={port % 60000 + 1}."
            ) from error
    return port


@contextlib.contextmanager
def only_supervisor(run_dir: Path) -> Iterator[None]:
    """Hold the project: two schedulers would do everything twice. Raises SupervisorError."""
    run_dir.mkdir(mode=0o700, exist_ok=True)
    with (run_dir / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisorError("Vacancy already runs from this directory: stop that one first.") from None
        yield


def main() -> int:
    """Run the site; the exit status is 0 when it was stopped and 1 when it could not run."""
    try:
        port = chosen_port()
        with only_supervisor(RUN_DIR):
            Supervisor(run_dir=RUN_DIR, port=port, output=Output()).run()
    except (SupervisorError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
