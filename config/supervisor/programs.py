"""The programs of the group and how each is started and stopped."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.embedded.processes import death_signal_setter, stop_child
from config.supervisor.output import Output

RESTART_DELAYS_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
HEALTHY_SECONDS = 60.0
WEB_PROCESSES = 2
# Requests wait for PostgreSQL and for locks, so a process serves several at once. More than twice the processors makes
# them wait for each other instead, and the database pool has ten connections.
WEB_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
WEB_BACKPRESSURE = 512
"""So many requests a process takes on at once, running or waiting for a thread; more wait in the socket's queue."""
WEB_STOP_SECONDS = 30
"""A request that is being answered when the server is told to stop may take so long: as long as a statement may."""
WORKER_STOP_SECONDS = 30.0
"""What a worker does when it is told to stop may take so long; then it is killed, and its lease runs out."""
WORKER_PROCESSES = {"email": 3, "processing": 5, "scheduled": 2}
"""How many effects of a queue run at a time; each worker keeps one process and starts the others when there is work."""


@dataclass(frozen=True)
class Program:
    """A command line, and how long it may take to stop."""

    name: str
    command: tuple[str, ...]
    stop_seconds: float


def site_programs(*, run_dir: Path, host: str, port: int) -> tuple[Program, ...]:
    """Return web, dispatcher, a worker for each queue, and the scheduler, in the order they are started and stopped."""
    python = sys.executable
    web = web_command(host=host, port=port)
    beat: tuple[str, ...] = (
        *(python, "-m", "celery", "-A", "config.celery", "--quiet", "beat", "--loglevel", "WARNING"),
        *("--schedule", str(run_dir / "beat-schedule"), "--pidfile", ""),
    )
    return (
        Program(name="web", command=web, stop_seconds=WEB_STOP_SECONDS + 2.0),
        Program(
            name="outbox",
            command=(python, "manage.py", "dispatch_outbox", "--celery", "--watch"),
            stop_seconds=4.0,
        ),
        *(
            Program(name=name, command=worker_command(queue), stop_seconds=WORKER_STOP_SECONDS)
            for name, queue in (("email", "email"), ("process", "processing"), ("schedule", "scheduled"))
        ),
        Program(name="beat", command=beat, stop_seconds=3.0),
    )


def web_command(
    *,
    host: str,
    port: int,
    processes: int = WEB_PROCESSES,
    threads: int = WEB_THREADS,
    backpressure: int = WEB_BACKPRESSURE,
    stop_seconds: int = WEB_STOP_SECONDS,
) -> tuple[str, ...]:
    """The command line of the web server; `backpressure` is how many requests a process takes on before it waits.

    On SIGTERM it listens no more, closes idle connections, answers everything it has taken on, and ends; what is not
    answered after ``stop_seconds`` is dropped. Another one may listen on the same port meanwhile (SO_REUSEPORT).
    A process that is killed, as by a kernel that is short of memory, is started again while the others serve; without
    that option all of them would stop first, and nobody would listen as long as the slowest request takes.
    """
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(processes), "--blocking-threads", str(threads), "--no-ws"),
        *("--backpressure", str(backpressure)),
        *("--workers-kill-timeout", str(stop_seconds), "--respawn-failed-workers", "--log-level", "warning"),
        "config.wsgi:application",
    )


def worker_command(queue: str) -> tuple[str, ...]:
    """The command line of the worker of one queue."""
    return (
        *(sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", "worker", "--queues", queue),
        *("--autoscale", f"{WORKER_PROCESSES[queue]},1", "--loglevel", "INFO", "--hostname", f"{queue}@%h"),
        *("--without-gossip", "--without-mingle"),
    )


class Child:
    """One program, kept running."""

    def __init__(self, program: Program, *, environment: dict[str, str], output: Output) -> None:
        self.program = program
        self.environment = environment
        self.output = output
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self._started_at = 0.0
        self._restart_at: float | None = None

    def start(self) -> None:
        """Start the program in a process group of its own, so that Ctrl-C reaches only the supervisor."""
        self._started_at = time.monotonic()
        self._restart_at = None
        self.process = subprocess.Popen(
            self.program.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=death_signal_setter(signal.SIGTERM),
        )
        assert self.process.stdout is not None
        self.output.follow(self.program.name, self.process.stdout)  # type: ignore[arg-type]

    def watch(self) -> None:
        """Start the program again, with back-off, when it has ended by itself."""
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self.start()
            return
        if self.process is None or self.process.poll() is None:
            return
        self._end_group()
        if now - self._started_at > HEALTHY_SECONDS:
            self.failures = 0
        delay = RESTART_DELAYS_SECONDS[min(self.failures, len(RESTART_DELAYS_SECONDS) - 1)]
        self.failures += 1
        self._restart_at = now + delay
        self.output.line(
            "vacancy",
            f"{self.program.name} ended ({_ending(self.process.returncode)}); starting it again in {delay:g} s",
        )

    def stop(self, *, patience: float = 1.0) -> None:
        """Ask the program to stop, then end whatever is left of its process group. `patience` 0 does not ask."""
        if self.process is None:
            return
        if patience:
            stop_child(self.process, signals=((signal.SIGTERM, self.program.stop_seconds * patience),))
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return signal.Signals(-status).name
