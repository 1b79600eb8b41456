"""What a user and the keeper say to each other over the keeper's socket: one JSON object a line.

A user opens with `{"attach": [server, ...], "profile": name}` and hears `{"ready": true}` or `{"error": sentence}`. Its
connection is its claim on the servers. To leave it says `{"leave": true}` and hears `{"staying": true}` when others
remain; otherwise the keeper stops the servers and ends, and the connection's end is the answer.
"""

import json
import socket
from typing import Any


def send(connection: socket.socket, **message: Any) -> None:
    """Send one message."""
    connection.sendall(json.dumps(message).encode() + b"\n")


def receive(connection: socket.socket) -> dict[str, Any] | None:
    """Wait for one message; None when the other side has gone."""
    line = b""
    while not line.endswith(b"\n"):
        chunk = connection.recv(4096)
        if not chunk:
            return None
        line += chunk
    message: dict[str, Any] = json.loads(line)
    return message
