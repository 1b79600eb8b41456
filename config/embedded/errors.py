"""What goes wrong when servers are started."""


class EmbeddedServerError(Exception):
    """The system does not let us start or reach a server; the message is one sentence for whoever reads it."""
