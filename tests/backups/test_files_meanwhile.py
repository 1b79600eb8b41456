"""Files that come and go while they are packed: what is there is kept, what has gone is left out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.backups.archives import PlainReader, pieces_plain
from core.backups.progress import silent
from core.backups.uploads import uploads_pack, uploads_unpack

ROUNDS = 40
PASSING = 200


@contextmanager
def coming_and_going(folder: Path) -> Iterator[None]:
    """Somebody who writes files and deletes them again, without a pause."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            paths = [folder / f"passing-{number}" for number in range(PASSING)]
            for path in paths:
                path.write_bytes(b"x")
            for path in paths:
                path.unlink()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def test_files_that_go_while_they_are_listed_spoil_nothing(tmp_path: Path) -> None:
    root = tmp_path / "media"
    root.mkdir()
    for number in range(20):
        (root / f"stays-{number}").write_bytes(b"picture")

    with coming_and_going(root):
        for number in range(ROUNDS):
            path = tmp_path / f"{number}.tar"
            facts = uploads_pack(root, path, secret=None, progress=silent)
            back = tmp_path / "back" / str(number)
            stream = PlainReader(pieces_plain(path, secret=None), advance=lambda amount: None)
            assert uploads_unpack(stream, back, name="media") == facts.entries
            assert {f"stays-{one}" for one in range(20)} <= {file.name for file in back.iterdir()}
