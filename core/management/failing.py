"""How a command ends that could not do its work for want of something outside it: one sentence, and no traceback."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.utils import InterfaceError, OperationalError
from redis.exceptions import RedisError

INTERRUPTED = 128 + 2
"""As a shell tells of a program that SIGINT has ended."""
POOL_LOGGER = "psycopg.pool"
TRACEBACK = "--traceback"


class _LastWord(logging.Handler):
    """Keeps what the pool of connections said last: its exception says only how long it waited."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if "connection failed" in text or not self.text:
            self.text = _one_line(text.partition("connection failed: ")[2] or text)


@contextmanager
def failures_told(arguments: Sequence[str]) -> Iterator[None]:
    """Tell of a database, cache server, file or disk that fails, and of Ctrl-C, in a sentence, and exit with a code.

    What is wrong with the program itself still ends with its traceback; `--traceback` asks for it always.
    """
    if TRACEBACK in arguments:
        yield
        return
    with _pool_overheard() as pool:
        try:
            yield
        except KeyboardInterrupt:
            _told("Interrupted.")
            sys.exit(INTERRUPTED)
        except (OperationalError, InterfaceError) as error:
            reason = pool.text or _one_line(str(error))
            _told(f"The database does not do what was asked: {reason}. See docs/runbook.md#database-down.")
            sys.exit(1)
        except RedisError as error:
            _told(
                f"The cache server does not do what was asked: {_one_line(str(error))}. See docs/runbook.md#cache-down."
            )
            sys.exit(1)
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            _told(f"{error.strerror or _one_line(str(error))}{where}.")
            sys.exit(1)


@contextmanager
def _pool_overheard() -> Iterator[_LastWord]:
    """Keep the pool's attempts off the terminal while a command runs, and remember the last."""
    log, last = logging.getLogger(POOL_LOGGER), _LastWord()
    propagates, log.propagate = log.propagate, False
    log.addHandler(last)
    try:
        yield last
    finally:
        log.removeHandler(last)
        log.propagate = propagates


def _one_line(text: str) -> str:
    return " ".join(text.split("\n", maxsplit=1)[0].split()).rstrip(".")


def _told(text: str) -> None:
    sys.stdout.flush()
    print(text, file=sys.stderr)  # noqa: T201 - there may be no command yet whose output this is
