"""What keeps the site from running."""


class SupervisorError(Exception):
    """The site cannot run; the message is one sentence for the person at the terminal."""
