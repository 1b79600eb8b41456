"""What the programs of these tests handle. Apart from them: who imports a program gets its handlers and leases."""

KIND = "tests.told"
JOB = "tests.killed_once"
