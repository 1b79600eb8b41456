"""A process that holds the embedded servers until its standard input closes; the tests start it as various users.

Usage: holder.py RUN_DIR PROFILE. It prints one JSON object, `{"database_url": ..., "redis_url": ...}` or
`{"error": ...}`.
"""

import json
import sys

from config.embedded import EmbeddedServerError, services


def main() -> int:
    """Hold the servers."""
    run_dir, profile = sys.argv[1:]
    try:
        with services(run_dir, profile=profile) as session:
            print(json.dumps(session.urls._asdict()), flush=True)
            sys.stdin.read()
    except EmbeddedServerError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
