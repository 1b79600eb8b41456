"""Handing effects to Celery, with a broker that may be away or, worse, silent."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.conf import settings
from kombu import Connection, Producer
from kombu.exceptions import OperationalError

from core.models import Queue

EFFECT_TASK = "core.tasks.effect_run"


class BrokerAway(Exception):
    """The broker did not take a message in time. Nothing is lost: what was claimed is due again."""


class Broker:
    """The dispatcher's own connection to the broker: it waits a second for an answer, and never tries again itself.

    Celery's shared connection would try for ever, and wait for ever for a broker that is paused.
    """

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def publish(self, effect_id: int, queue: Queue, token: str) -> None:
        """Send one message. Raises `BrokerAway`; the message may have arrived nevertheless."""
        try:
            current_app.send_task(
                EFFECT_TASK,
                args=(effect_id, queue.value, token),
                queue=queue.value,
                producer=self._connected(),
                retry=False,
            )
        except self._errors() as error:
            self.close()
            raise BrokerAway(str(error) or type(error).__name__) from error

    def ping(self) -> None:
        """Make sure that it answers. Raises `BrokerAway`."""
        try:
            self._connected()
            assert self._connection is not None
            channel: Any = self._connection.channel()  # one that is opened asks the server
            channel.close()
        except self._errors() as error:
            self.close()
            raise BrokerAway(str(error) or type(error).__name__) from error

    def close(self) -> None:
        """Give the connection up; the next message opens another."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            connection.collect()

    def _connected(self) -> Producer:
        if self._producer is None:
            seconds = settings.BROKER_ANSWER_SECONDS
            options: dict[str, Any] = current_app.conf.broker_transport_options | {
                "socket_timeout": seconds,
                "socket_connect_timeout": seconds,
                "max_retries": 0,
                "retry_on_timeout": False,
            }
            self._connection = current_app.connection_for_write(
                connect_timeout=seconds, transport_options=options
            )
            self._connection.ensure_connection(max_retries=1, interval_start=0)
            self._producer = current_app.amqp.Producer(self._connection)
        return self._producer

    def _errors(self) -> tuple[type[BaseException], ...]:
        known = (
            self._connection.connection_errors + self._connection.channel_errors if self._connection else ()
        )
        return (OperationalError, OSError, *known)
