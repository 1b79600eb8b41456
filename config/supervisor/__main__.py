"""`python -m config.supervisor`: run the site until Ctrl-C."""

import os
import sys
from pathlib import Path

from config.embedded import EmbeddedServerError
from config.supervisor.claims import HOST, chosen_port, only_supervisor
from config.supervisor.errors import SupervisorError
from config.supervisor.group import Supervisor
from config.supervisor.output import Output
from config.supervisor.programs import site_programs

PROJECT_ROOT = Path(__file__).resolve().parents[2]
RUN_DIR = PROJECT_ROOT / ".run"


def main() -> int:
    """Run the site; the exit status is 0 when it was stopped and 1 when it could not run."""
    os.chdir(PROJECT_ROOT)
    try:
        port = chosen_port()
        with only_supervisor(RUN_DIR):
            Supervisor(
                run_dir=RUN_DIR,
                port=port,
                programs=site_programs(run_dir=RUN_DIR, host=HOST, port=port),
                preparation=(sys.executable, "-m", "config.supervisor.prepare"),
                output=Output(),
            ).run()
    except (SupervisorError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
