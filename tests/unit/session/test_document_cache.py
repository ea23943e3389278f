"""Documents that are kept are those of the file, whichever threads read and change them."""

import sys
import threading
from collections.abc import Iterator

import pytest

from app.core.document import Document, sha256
from app.session.document_cache import DocumentCache


def document(uid: str, text: str = "as it was") -> Document:
    return Document(uid=uid, name=uid, text=text, sha256=sha256(text))


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_what_is_read_before_a_change_isnt_kept_after_it() -> None:
    cache = DocumentCache()

    def read_slowly(uid: str) -> Document:
        cache.drop(uid)  # another thread edits the text, while this one has the row as it was
        return document(uid)

    assert cache.get("one", read_slowly).text == "as it was"
    assert cache.get("one", lambda uid: document(uid, "as it is")).text == "as it is"
    assert cache.get("one", document).text == "as it is"


def test_a_step_that_is_rolled_back_leaves_nothing() -> None:
    cache = DocumentCache()
    cache.get("other", lambda uid: document(uid, "kept"))
    cache.begin()
    cache.drop("one")
    cache.get("one", lambda uid: document(uid, "never committed"))
    cache.take_back()
    assert cache.get("one", document).text == "as it was"
    assert cache.get("other", document).text == "kept"


def test_threads_read_at_once(hasty_threads: None) -> None:
    cache = DocumentCache()
    faults: list[BaseException] = []

    def read(first: int) -> None:
        try:
            for number in range(first, first + 8_000):
                assert cache.get(str(number % 13), document).uid == str(number % 13)
        except BaseException as fault:  # noqa: BLE001  it is told below
            faults.append(fault)

    threads = [threading.Thread(target=read, args=(first,)) for first in (0, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
