"""`python -m config.variables`: print docs/settings.md, or say what production would refuse here."""

import argparse
import sys

from django.core.exceptions import ImproperlyConfigured

from .checking import environment_check
from .markdown import settings_page


def main() -> int:
    """The exit status is 1 when something is missing or misspelt."""
    parser = argparse.ArgumentParser(prog="python -m config.variables", description=__doc__)
    parser.add_argument("--check", action="store_true", help="say what production would refuse")
    if not parser.parse_args().check:
        sys.stdout.write(settings_page())
        return 0
    try:
        environment_check()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
