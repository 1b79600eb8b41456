"""Core's own lines of the page /admin/system/, in their order."""

from core.system.looks import servers, programs, work, machine, outside, backups  # noqa: F401, I001 - reading them declares them
