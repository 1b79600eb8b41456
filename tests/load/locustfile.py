"""The mix of a real day, for locust: of 100 requests about 80 read and 20 hold, pay, change, cancel or wait.

`make load` runs this against a server of its own. Two of three guests come with a browser, the others with a program.
Each brings an address of their own, told as a proxy would tell it, so that the rate limits stay as they are and count
guest by guest. A refusal that a guest would read, such as a room that is sold out, is an answer, not an error; it is
counted apart. A refusal for too many requests is an error.
"""

from tests.load.browsers import PageGuest
from tests.load.programs import ApiGuest

__all__ = ["ApiGuest", "PageGuest"]
