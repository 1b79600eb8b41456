#!/usr/bin/env python
"""Django's command line. In development it brings PostgreSQL and Valkey along, when they are not there already."""

import contextlib
import importlib.util
import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path

RUN_DIR = Path(__file__).resolve().parent / ".run"
DEVELOPMENT_SETTINGS = "config.settings.dev"
# Commands that never look at a database; every other one gets the servers.
COMMANDS_WITHOUT_SERVERS = {
    "collectstatic",
    "compilemessages",
    "findstatic",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
    "version",
}
# Commands that measure: what development tools cost beside a page is not the page's.
COMMANDS_THAT_MEASURE = {"perf_check"}
# Commands that work for others; what is changed there names the request, the job or the effect that wanted it.
COMMANDS_FOR_OTHERS = {"dispatch_outbox", "runserver"}
ENDED_BY_PIPE = 128 + 13
"""As a shell tells of a program that SIGPIPE has ended."""


def main() -> None:
    """Run a command, holding the embedded servers for as long as it runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT_SETTINGS)
    if without_development_tools(sys.argv):
        # The development settings load them with DEBUG; `make run` installs none.
        os.environ.setdefault("DEBUG", "false")
    from django.core.management import execute_from_command_line

    with contextlib.ExitStack() as stack:
        if needs_servers(sys.argv):
            from config.embedded import EmbeddedServerError, services

            try:
                stack.enter_context(services(RUN_DIR))
            except EmbeddedServerError as error:
                sys.exit(str(error))
        if not settings_elsewhere(sys.argv) and not only_asks_for_help(sys.argv):
            from config.starting import settings_load

            settings_load()
        if len(sys.argv) > 1 and sys.argv[1] not in COMMANDS_FOR_OTHERS:
            from core.audit.context import audit_origin
            from core.management.failing import failures_told

            stack.enter_context(audit_origin("command", sys.argv[1]))
            stack.enter_context(failures_told(sys.argv))
        with output_may_end():
            execute_from_command_line(sys.argv)


@contextlib.contextmanager
def output_may_end() -> Iterator[None]:
    """End quietly when whoever reads what a command prints, such as `head`, has enough of it."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        output = select.poll()
        output.register(sys.stdout, 0)
        if not output.poll(0):
            raise  # something else was closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ENDED_BY_PIPE)


def without_development_tools(arguments: list[str]) -> bool:
    """Whether the development tools are not there, or would be measured along with what a command measures."""
    return bool(COMMANDS_THAT_MEASURE & set(arguments[1:2])) or (
        importlib.util.find_spec("debug_toolbar") is None
    )


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command of this command line needs the embedded servers."""
    if os.environ["DJANGO_SETTINGS_MODULE"] != DEVELOPMENT_SETTINGS:
        return False
    if settings_elsewhere(arguments):
        return False
    return not only_asks_for_help(arguments) and arguments[1] not in COMMANDS_WITHOUT_SERVERS


def only_asks_for_help(arguments: list[str]) -> bool:
    """Whether nothing is to be done that needs settings."""
    command = arguments[1] if len(arguments) > 1 else "help"
    return command in {"help", "version"} or bool({"-h", "--help", "--version"} & set(arguments))


def settings_elsewhere(arguments: list[str]) -> bool:
    """Whether the command line itself names the settings."""
    return any(argument.startswith("--settings") for argument in arguments)


if __name__ == "__main__":
    main()
