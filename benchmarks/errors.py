"""What keeps a measurement from being made."""


class BenchmarkError(Exception):
    """Nothing could be measured; the message is one sentence for the person at the terminal."""
