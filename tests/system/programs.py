"""Workers and dispatcher with a handler that calls somebody else, and breaks when it is told to.

`celery -A tests.system.programs worker` is a worker, `python -m tests.system.programs` the dispatcher.
"""

from __future__ import annotations

import sys
from typing import Any

import django
from celery import signals

from config.celery import app
from tests.system.names import CALLS

__all__ = ["app"]


@signals.import_modules.connect
def prepare(**_kwargs: Any) -> None:
    """Add the handler, after Celery has set up Django."""
    from core.outbound.client import outbound_request
    from core.outbox import EffectRun, Queue, Retry, effect_handler

    def call(run: EffectRun) -> None:
        outbound_request(method="GET", url=run.payload["url"])
        if run.payload["breaks"]:
            raise ValueError(run.payload["breaks"])

    effect_handler(CALLS, queue=Queue.PROCESSING, retry=Retry(attempts=1))(call)


def main() -> None:
    """Be the dispatcher until SIGTERM; with `web`, answer one request that breaks and one line of level error."""
    django.setup()
    prepare()
    if "web" in sys.argv:
        answer_and_break()
        return
    from django.core.management import call_command

    call_command("dispatch_outbox", celery=True, watch=True)


def answer_and_break() -> None:
    """What a web process does that meets a defect."""
    import sentry_sdk
    import structlog
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.test import RequestFactory

    settings.ROOT_URLCONF = "tests.system.urls"
    headers = {
        "X-Request-ID": "broken-page.0042",
        "Cookie": "sessionid=tell-nobody",
        "Authorization": "Token tell-nobody-either",
    }
    asked = RequestFactory().get("/broken?email=zephyrine@quastenflosser.example&page=2", headers=headers)
    answer = get_wsgi_application()(asked.environ, lambda *_arguments: None)
    answer.close()
    structlog.get_logger("tests").error("something_failed", guest_name="Zephyrine Quastenflosser", rooms=3)
    structlog.get_logger("tests").warning("nothing_to_report")
    sentry_sdk.flush(timeout=20)


if __name__ == "__main__":
    main()
