"""A worker that sends mails until nothing is due, and may be killed at a point of its choice.

`python -m tests.notifications.dying_worker PORT [before|after]`: with "before" it dies just before the first mail is
handed over, with "after" just after the server has said that it has it.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


def main(port: int, die: str) -> None:
    """Send what is due."""
    django.setup()
    from django.conf import settings

    from core.outbox.dispatching import effects_run_due
    from notifications.services import sending
    from tests.notifications.mail_server import leads_to

    leads_to(settings, port)
    deliver = sending.mail_deliver

    def dying(message: Any) -> None:
        if die == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        deliver(message)
        if die == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    sending.mail_deliver = dying
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    effects_run_due(kinds=["notifications.email_send"])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
