"""What was changed under Stet isn't believed: no export, bundle or merge hands it on as if it were whole."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.as_stet import connect_as_stet
from tests.cli.conftest import Ran, Stet
from tests.e2e.test_trouble import held_elsewhere
from tests.unit.storage.damage import change_name, swap_leaves
from tests.unit.storage.versions import unpack

TEXT = "Donald Trump, the US senator, called Kyiv. " * 10
LEAVING = {
    "export": ("export", "a.stet", "out.jsonl"),
    "stream": ("export", "a.stet", "-"),
    "training": ("export", "a.stet", "out.jsonl", "--format", "training", "--all"),
    "bundle": ("bundle", "a.stet", "out.stet", "--for", "ana"),
    "merge": ("merge", "home.stet", "a.stet", "--dry-run"),
}


@pytest.fixture
def filled(stet: Stet) -> Path:
    """A project whose annotations fill several pages, and an empty one at home."""
    lines = []
    for n in range(40):
        mark = {"layer": "entity", "label": "PERSON"}
        marks = [mark | {"id": f"m{n:02}-{k}", "start": k, "end": k + 6, "quote": TEXT[k : k + 6]} for k in range(12)]
        sets = [{"annotator": "ana", "status": "done", "annotations": marks}]
        lines.append({"stet": 1, "id": f"d{n:02}", "name": f"Text {n:02}", "text": TEXT, "sets": sets})
    stet.write("a.jsonl", "\n".join(map(json.dumps, lines)).encode())
    for name in ("a.stet", "home.stet"):
        stet("new", name, "--scheme", "news-errors")
    assert stet("import", "a.stet", "a.jsonl").code == 0
    assert stet("check", "a.stet").code == 0
    return Path("a.stet")


def change_text(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE document SET text = replace(text, 'senator', 'emperor') WHERE id = 3")
    connection.close()


def rename(path: Path) -> None:
    change_name(path, row=3, letter=b"N")


def swap(path: Path) -> None:
    swap_leaves(path, "annotation")


def dangle(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        columns = "id, document, annotator, status, seconds, scheme"
        connection.execute(f"INSERT INTO annotation_set ({columns}) VALUES (99, 999, 1, 'done', 0, 's@1')")
    connection.close()


def change_with(*statements: str) -> Callable[[Path], None]:
    """Return what changes a project as another program would: every cell is one that Stet could have written."""

    def change(path: Path) -> None:
        with sqlite3.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return change


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "text": (change_text, "the text of “Text 02” differs from what was imported"),
    "name": (rename, "the file is damaged"),
    "swap": (swap, "damaged"),
    "dangling": (dangle, "damaged"),
    "correction": (change_with("UPDATE annotation SET correction = 'Kiev' WHERE uid = 'm02-3'"), "damaged"),
    "mark gone": (change_with("DELETE FROM annotation WHERE uid = 'm07-1'"), "damaged"),
    "scheme": (change_with("UPDATE scheme SET toml = toml || '# more'"), "damaged"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_does_not_leave_the_house(stet: Stet, filled: Path, change: str) -> None:
    spoil, said = CHANGES[change]
    spoil(filled)
    before = filled.read_bytes()
    for what, command in LEAVING.items():
        ran: Ran = stet(*command)
        assert ran.code == 1, (what, ran)
        # A bundle begins with a backup, which is refused for a damaged project.
        assert said in ran.err or (what == "bundle" and "the project is damaged" in ran.err), (what, ran.err)
        assert "ask for the file again" in ran.err if what == "merge" else "intact backup" in ran.err, what
        assert not Path("out.jsonl").exists()
        assert not Path("out.stet").exists()
    assert stet("check", filled).code == 1
    assert filled.read_bytes() == before


def test_check_names_the_rows_of_what_cannot_be_opened(stet: Stet, filled: Path) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute("UPDATE scheme SET toml = CAST(x'61ff' AS TEXT)")
        connection.execute("UPDATE annotation SET attributes = '{' WHERE uid = 'm03-4'")
    connection.close()
    for command in ("list", "log", "check"):
        ran = stet(command, filled)
        assert (ran.code, "of the table “scheme” can't be read: “toml” isn't valid UTF-8" in ran.err) == (1, True)
        assert "--repair" in ran.err
        assert ("lists all that is damaged" in ran.err) is (command != "check"), "that was just run"
    found = [(row["kind"], row["what"].partition(": ")[0]) for row in stet("check", filled, "--json").rows()]
    assert found == [
        ("row", "row 1 of the table “scheme” can't be read"),
        ("row", "row m03-4 of the table “annotation” can't be read"),
    ]


@pytest.mark.parametrize("cell", ["name", "meta"])
@pytest.mark.parametrize("version", [4, 8, 12])
def test_a_row_of_an_older_project_is_named_and_repaired(stet: Stet, version: int, cell: str) -> None:
    path = unpack(version, Path("old.stet"))
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE document SET {cell} = CAST(x'7bff' AS TEXT) WHERE id = 1")
        (uid,) = connection.execute("SELECT uid FROM document WHERE id = 1").fetchone()
    connection.close()
    before = path.read_bytes()
    ran = stet("check", path)
    assert (ran.code, f"row {uid} of the table “document” can't be read: “{cell}”" in ran.out) == (1, True), ran
    assert "lists all" not in ran.err
    ran = stet("check", path, "--repair")
    assert "saved into old.repaired.stet" in ran.err, ran
    assert "can't be read" not in stet("check", "old.repaired.stet").out
    assert path.read_bytes() == before


@pytest.mark.parametrize("how", ["cut", "overwritten"])
def test_damage_under_an_open_window_names_the_backup(stet: Stet, filled: Path, how: str) -> None:
    stet("backup", filled)
    with held_elsewhere(filled.absolute()):
        with filled.open("r+b") as file:
            if how == "cut":
                file.truncate(filled.stat().st_size // 8192 * 4096)
            else:
                file.write(b"nonsense" * 1000)
        for command in ("list", "check"):
            ran = stet(command, filled)
            assert (ran.code, "newest intact backup" in ran.err) == (1, True), ran


def test_a_file_with_lost_pages_is_read_as_far_as_it_goes(stet: Stet, filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[-4096 * 3 :] = b"\xaa" * 4096 * 3
    filled.write_bytes(content)
    ran = stet("check", filled)
    assert (ran.code, "the file is damaged" in ran.err, "Traceback" in ran.err) == (1, True, False)
    assert all(line.startswith("problem: ") for line in ran.out.splitlines())


def test_a_changed_text_is_shown_with_a_word(stet: Stet, filled: Path) -> None:
    change_text(filled)
    for command in (("search", filled, "emperor"), ("concordance", filled, "emperor"), ("list", filled)):
        ran = stet(*command)
        assert (ran.code, "what was read from it may be wrong" in ran.err) == (1, True), ran


def test_marks_that_lost_their_place_are_missed_by_every_list(stet: Stet, filled: Path) -> None:
    swap(filled)
    for command in (("list", filled, "annotations"), ("agreement", filled), ("insights", filled)):
        ran = stet(*command)
        assert (ran.code, "damaged" in ran.err) == (1, True), ran


def test_a_mark_with_another_quote_is_exported_with_a_note(stet: Stet, filled: Path) -> None:
    """Such marks may come from an import, which said so: they are kept as they are."""
    with connect_as_stet(filled) as connection:
        connection.execute("UPDATE annotation SET quote = 'Zeus' WHERE uid = 'm03-4'")
    connection.close()
    ran = stet("export", filled, "out.jsonl")
    assert ran.code == 0
    assert "marks whose quote doesn't match the text, exported unchanged: 1 (Text 03: “Zeus”)" in ran.err


def test_repair_saves_a_damaged_file_into_another_one(stet: Stet, filled: Path) -> None:
    swap(filled)
    before = filled.read_bytes()
    ran = stet("check", filled, "--repair")
    assert (ran.code, ran.out.splitlines()[-1].startswith("no problems, ")) == (0, True)
    assert (
        "a.stet is damaged, and was left as it is; saved into a.repaired.stet: 40 documents, 480 annotations" in ran.err
    )
    assert filled.read_bytes() == before
    assert stet("export", "a.repaired.stet", "out.jsonl").code == 0
    assert len(Path("out.jsonl").read_text().splitlines()) == 40
    # Once more changes nothing, neither from the damaged file nor from the repaired one.
    again = stet("check", filled, "--repair")
    assert (again.code, "it was repaired before, into this file" in again.err) == (1, True)
    repaired = Path("a.repaired.stet").read_bytes()
    assert stet("check", "a.repaired.stet", "--repair").code == 0
    assert Path("a.repaired.stet").read_bytes() == repaired


def test_repair_lists_what_was_lost_and_put(stet: Stet, filled: Path) -> None:
    change_text(filled)
    content = bytearray(filled.read_bytes())
    content[:16] = b"\x00" * 16
    filled.write_bytes(content)
    assert "this isn't a Stet project" in stet("check", filled).err
    ran = stet("check", filled, "--repair", "--out", "saved.stet", "--json")
    assert (ran.code, Path("saved.stet").exists()) == (1, True)
    (problem,) = [row for row in ran.rows() if row["problem"]]
    assert problem["kind"] == "mended"
    assert "document “Text 02”: the text or its hash is damaged" in problem["what"]


def test_nothing_is_made_of_what_was_never_a_project(stet: Stet) -> None:
    stet.write("notes.stet", "Notes of a talk.\n" * 1000)
    ran = stet("check", "notes.stet", "--repair")
    assert (ran.code, "this isn't a Stet project" in ran.err) == (1, True)
    assert stet("check", "notes.stet", "--out", "b.stet").code == 2
    assert sorted(path.name for path in Path().iterdir()) == ["notes.stet"]
