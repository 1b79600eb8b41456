"""`python -m config.supervisor`: run the site until Ctrl-C."""

import signal

# Ctrl-C while the rest is still read ends the program like any other, without a traceback; the group stops in its way.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from config.embedded import EmbeddedServerError  # noqa: E402
from config.supervisor.claims import HOST, chosen_port, only_supervisor  # noqa: E402
from config.supervisor.errors import SupervisorError  # noqa: E402
from config.supervisor.group import Supervisor  # noqa: E402
from config.supervisor.output import Output  # noqa: E402
from config.supervisor.programs import site_programs  # noqa: E402

PROJECT_ROOT = Path(__file__).resolve().parents[2]
RUN_DIR = PROJECT_ROOT / ".run"


def main(run_dir: Path = RUN_DIR) -> int:
    """Run the site; the exit status is 0 when it was stopped and 1 when it could not run."""
    os.chdir(PROJECT_ROOT)
    try:
        # First of all: a second run finds the port of the first one taken, and another port would not help.
        with only_supervisor(run_dir):
            port = chosen_port()
            Supervisor(
                run_dir=run_dir,
                port=port,
                programs=site_programs(run_dir=run_dir, host=HOST, port=port),
                preparation=(sys.executable, "-m", "config.supervisor.prepare"),
                output=Output(),
            ).run()
    except (SupervisorError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
