"""Try the bare Debian path: install into a root of its own, start the units' command lines, ask for the home page.

`python -m scripts.debian_try` runs `deploy/debian/install.sh` as it is. Where this machine allows namespaces, the root
is an overlay over the machine's own: nothing of it is changed, and the programs run as the unit says (user, no new
privileges, everything read-only but what the unit names). Elsewhere a directory stands for the root, and the programs
run as whoever runs this. Only `systemctl` is made up, because there is no init inside: it writes down what it is told.
"""
