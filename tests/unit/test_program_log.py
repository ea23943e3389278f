"""The rotating log says what happened, and never a word of a document."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import program_log


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    program_log.stop()


def fail(text: str) -> None:
    raise ValueError(f"no such mark: {text}")


def failed(text: str) -> Exception:
    try:
        fail(text)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_bug_is_logged_with_its_place_and_without_its_text() -> None:
    path = program_log.bug(failed("a secret of the document"))
    said = path.read_text(encoding="utf-8")
    assert "ValueError" in said
    assert "in fail" in said
    assert "secret" not in said


def test_causes_are_logged_and_system_errors_keep_their_words() -> None:
    text = "a secret of the document"
    try:
        try:
            Path("/nowhere/at/all").read_bytes()
        except OSError as error:
            raise KeyError(text) from error
    except KeyError as error:
        said = program_log.bug(error).read_text(encoding="utf-8")
    assert "No such file or directory" in said
    assert "KeyError" in said
    assert "secret" not in said


def test_another_process_is_quoted_without_its_messages() -> None:
    details = (
        'Traceback (most recent call last):\n  File "/lib/nlp.py", line 3, in read\n    read(text)\n'
        "ValueError: a secret of\nthe document\nUserWarning: [W030] a secret\nFatal Python error: Segmentation fault\n"
    )
    said = program_log.note("the language worker stopped", details).read_text(encoding="utf-8")
    assert "secret" not in said
    assert "the document" not in said
    for kept in ("worker stopped", 'File "/lib/nlp.py", line 3, in read', "ValueError", "Segmentation fault"):
        assert kept in said


def test_of_a_query_only_the_result_code_is_logged() -> None:
    try:
        sqlite3.connect(":memory:").execute("SELECT secret")
    except sqlite3.Error as error:
        said = program_log.bug(error).read_text(encoding="utf-8")
    assert "OperationalError: SQLITE_ERROR" in said
    assert "secret" not in said.replace('execute("SELECT secret")', "")


def test_it_rotates_and_keeps_three_older_files() -> None:
    logger = program_log.start()
    for _ in range(60):
        logger.info("x" * 100_000)
    files = sorted(path.name for path in program_log.log_file().parent.glob("stet.log*"))
    assert files == ["stet.log", "stet.log.1", "stet.log.2", "stet.log.3"]
    assert all(path.stat().st_size <= 1_100_000 for path in program_log.log_file().parent.glob("stet.log*"))


def test_starting_twice_writes_each_line_once() -> None:
    program_log.start()
    program_log.start().info("once")
    assert program_log.log_file().read_text(encoding="utf-8").count("once") == 1


def test_a_folder_that_cannot_be_made_is_no_error() -> None:
    program_log.log_file().parent.parent.mkdir(parents=True, exist_ok=True)
    program_log.log_file().parent.write_text("a file where the folder should be")
    program_log.start().info("lost")
    assert logging.getLogger("stet").handlers
