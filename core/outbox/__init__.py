"""Work that follows a change: written as a row in the transaction of the change, done afterwards, at least once.

    # services: the effect exists if and only if the booking does
    with transaction.atomic(durable=True):
        booking = ...
        effect_enqueue(
            kind="notifications.email", payload={"id": 7}, dedup_key="email:7"
        )

    # <app>/tasks.py: what is done, by whom, and how often it is tried
    @effect_handler("notifications.email", queue=Queue.EMAIL, label=_("e-mail"))
    def email_send(run: EffectRun) -> None: ...

`manage.py dispatch_outbox` does what is due, here or by handing it to Celery's workers. The database alone knows what
is to be done and what is done: the broker only wakes workers, and may forget everything at any time.
"""

from core.models import Effect, EffectStatus, Queue

from .kinds import DeadLetter, EffectKind, Postpone, Retry, effect_handler, effect_kinds
from .running import EffectRun
from .writing import effect_enqueue

__all__ = [
    "DeadLetter",
    "Effect",
    "EffectKind",
    "EffectRun",
    "EffectStatus",
    "Postpone",
    "Queue",
    "Retry",
    "effect_enqueue",
    "effect_handler",
    "effect_kinds",
]
