"""The figures of the whole installation, for Prometheus; those of requests and queues are core/observability's."""

from core.system import figures  # noqa: F401 - reading it declares them
