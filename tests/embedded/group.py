"""A supervised group with small programs in place of web, worker and scheduler.

Usage: group.py RUN_DIR PORT SCENARIO. The database and cache addresses come from the environment, so that no server is
started.
"""

import sys
from pathlib import Path

from config.embedded import EmbeddedServerError
from config.supervisor import programs as supervised
from config.supervisor.claims import only_supervisor
from config.supervisor.errors import SupervisorError
from config.supervisor.group import Supervisor
from config.supervisor.output import Output
from config.supervisor.programs import Program

WEB = """
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
        if self.path == "/crash":
            self.wfile.close(); os._exit(3)
    def log_message(self, *arguments): pass
http.server.HTTPServer.allow_reuse_address = True
print("web is up", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
IDLE = "import sys, time; print('DEBUG is', __import__('os').environ['DEBUG'], flush=True); time.sleep(600)"
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("grandchild", child.pid, flush=True)
time.sleep(600)
"""
BROKEN = "import sys; sys.exit('web cannot start')"


def program(name: str, source: str, *arguments: str) -> Program:
    """Return a program that is a few lines of Python."""
    return Program(name=name, command=(sys.executable, "-c", source, *arguments), stop_seconds=1.0)


def main() -> int:
    """Run the group."""
    supervised.HEALTHY_SECONDS = (
        3600.0  # however slow the machine is, a second crash comes soon after the first
    )
    run_dir, port, scenario = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    programs = (
        program("web", BROKEN if scenario == "broken web" else WEB, str(port)),
        program("worker", STUBBORN if scenario == "stubborn worker" else IDLE),
        program("beat", IDLE),
    )
    failing = "import sys; sys.exit('no such migration')"
    preparation = failing if scenario == "broken preparation" else "print('prepared', flush=True)"
    try:
        with only_supervisor(run_dir):
            Supervisor(
                run_dir=run_dir,
                port=port,
                programs=programs,
                preparation=(sys.executable, "-c", preparation),
                output=Output(),
            ).run()
    except (SupervisorError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
