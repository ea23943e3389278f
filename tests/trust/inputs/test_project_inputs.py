"""Inputs 31 to 44 that aren't tried elsewhere: project files and people, through the command line."""

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.session.session import Session
from tests.cli.conftest import Stet
from tests.conftest import add_documents


def test_input_31_what_is_no_project(stet: Stet) -> None:
    for name, data in (("zero.stet", b""), ("plain.stet", b"Just a text.\n" * 100)):
        Path(name).write_bytes(data)
        ran = stet("list", name)
        assert (ran.code, Path(name).read_bytes()) == (1, data)
        assert f"{name}: " in ran.err
    for pragma in ("application_id = 7", "user_version = 4000"):
        shutil.copy("p.stet", "odd.stet")
        with closing(sqlite3.connect("odd.stet")) as connection:
            connection.execute(f"PRAGMA {pragma}")
        before = Path("odd.stet").read_bytes()
        for command in (("list", "odd.stet"), ("import", "odd.stet", "x.txt"), ("check", "odd.stet")):
            assert stet(*command).code == 1
        assert Path("odd.stet").read_bytes() == before


@pytest.mark.parametrize(
    "trap",
    [
        "CREATE TRIGGER t AFTER INSERT ON document BEGIN DELETE FROM document; END",
        "CREATE VIEW v AS SELECT * FROM document",
        "ALTER TABLE document ADD COLUMN g TEXT GENERATED ALWAYS AS (hex(zeroblob(9))) VIRTUAL",
    ],
)
def test_input_32_code_in_a_project(trap: str, stet: Stet) -> None:
    Path("a.txt").write_text("Ana met Ben.", encoding="utf-8")
    assert stet("import", "p.stet", "a.txt").code == 0
    shutil.copy("p.stet", "guest.stet")
    with closing(sqlite3.connect("guest.stet")) as connection:
        connection.execute(trap)
        connection.commit()
    for command in (("list", "guest.stet"), ("import", "guest.stet", "a.txt"), ("merge", "p.stet", "guest.stet")):
        ran = stet(*command)
        assert (ran.code, "Traceback" in ran.err) == (1, False), command
    assert len(stet("list", "p.stet", "--json").rows()) == 1


def test_input_34_a_copy_that_lacks_its_log(stet: Stet) -> None:
    Path("a.txt").write_text("Ana met Ben.", encoding="utf-8")
    with closing(Session.open(Path("p.stet"))) as session:
        add_documents(session, {"b.txt": "Ben met Ana."})
        shutil.copy("p.stet", "alone.stet")
    assert "may be missing" not in stet("list", "p.stet").err
    for _ in range(2):
        assert "note: its latest actions may be missing" in stet("list", "alone.stet").err
    ran = stet("check", "alone.stet")
    assert (ran.code, "its latest actions may be missing" in ran.out) == (1, True)
    assert "may be missing" in stet("import", "alone.stet", "a.txt").err  # told once more, and it is whole from here on
    assert (stet("check", "alone.stet").code, "may be missing" in stet("list", "alone.stet").err) == (0, False)


def test_input_38_odd_paths_and_links(stet: Stet) -> None:
    folder = Path("a b ÄЖ漢 " + "x" * 200)
    folder.mkdir()
    assert stet("new", folder / "p q.stet").code == 0
    assert stet("list", folder / "p q.stet").code == 0
    Path("link.stet").symlink_to(folder / "p q.stet")
    Path("a.txt").write_text("Ana", encoding="utf-8")
    assert stet("import", "link.stet", "a.txt").code == 0
    assert len(stet("list", folder / "p q.stet", "--json").rows()) == 1
    os.link(folder / "p q.stet", "hard.stet")
    ran = stet("import", "hard.stet", "a.txt")
    assert (ran.code, "Traceback" in ran.err) == (1, False)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process is set for it only on POSIX")
def test_input_40_clocks_and_zones(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, zone in enumerate(("Pacific/Kiritimati", "America/Anchorage", "NoSuchZone/x")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        Path(f"{number}.txt").write_text("Ana", encoding="utf-8")
        assert stet("import", "p.stet", f"{number}.txt").code == 0
    monkeypatch.delenv("TZ")
    time.tzset()
    rows = stet("log", "p.stet", "--json").rows()
    assert [each["sequence"] for each in rows] == sorted((each["sequence"] for each in rows), reverse=True)
    assert all(each["time"].endswith("Z") for each in rows)
    assert sorted(each["time"] for each in rows) == [each["time"] for each in reversed(rows)]


def test_input_41_the_same_id_with_another_text(stet: Stet) -> None:
    one = {"stet": 1, "id": "d1", "name": "a.txt", "text": "Ana met Ben."}
    Path("a.jsonl").write_text(json.dumps(one) + "\n", encoding="utf-8")
    assert stet("import", "p.stet", "a.jsonl").code == 0
    again = stet("import", "p.stet", "a.jsonl")
    assert (again.code, again.out) == (0, "imported 1 document already there\n")
    Path("b.jsonl").write_text(json.dumps({**one, "text": "Another text."}) + "\n", encoding="utf-8")
    assert stet("import", "p.stet", "b.jsonl").code == 1
    assert [each["length"] for each in stet("list", "p.stet", "--json").rows()] == [12]


def test_input_42_spellings_of_one_name(stet: Stet) -> None:
    for number, name in enumerate(("Rene\u0301", "ren\u00e9 ", "RENÉ")):
        mark = {"id": f"m{number}", "layer": "entity", "label": "PERSON", "start": 0, "end": 3, "quote": "Ana"}
        sets = [{"annotator": name, "annotations": [mark]}]
        made = {"stet": 1, "id": f"d{number}", "name": f"{number}.txt", "text": "Ana met Ben.", "sets": sets}
        Path(f"{number}.jsonl").write_text(json.dumps(made) + "\n", encoding="utf-8")
        assert stet("import", "p.stet", f"{number}.jsonl").code == 0
    assert len(stet("list", "p.stet", "annotators", "--json").rows()) == 1


def test_input_45_nothing_to_compare(stet: Stet) -> None:
    Path("a.txt").write_text("Ana met Ben.", encoding="utf-8")
    assert stet("import", "p.stet", "a.txt").code == 0
    for command in (("agreement", "p.stet"), ("agreement", "p.stet", "--json"), ("insights", "p.stet")):
        ran = stet(*command)
        assert "Traceback" not in ran.err
        assert "nan" not in ran.out.casefold().split()


def test_input_47_expressions_that_explode(stet: Stet) -> None:
    Path("a.txt").write_text("a" * 5000 + "!", encoding="utf-8")
    assert stet("import", "p.stet", "a.txt").code == 0
    began = time.process_time()
    ran = stet("concordance", "p.stet", "(a|aa)+$", "--regex")
    assert "Traceback" not in ran.err
    assert time.process_time() - began < 10
    for endless in ("((((a{99}){99}){99}){99}){99}", "(" * 3000, "[" + "a-b" * 5000):
        assert stet("concordance", "p.stet", endless, "--regex").code == 2


def test_input_48_without_a_model_or_with_none(stet: Stet) -> None:
    Path("a.txt").write_text("Ana met Ben.", encoding="utf-8")
    assert stet("import", "p.stet", "a.txt").code == 0
    ran = stet("suggest", "p.stet", "--with", "spacy:no_such_model")
    assert (ran.code != 0, "Traceback" in ran.err) == (True, False)
    assert stet("list", "p.stet").code == 0
