"""Files and folders: found, named, told apart, and brought in together or not at all."""

import json
import os
from pathlib import Path

import pytest

from app.core.errors import FormatError
from app.exchange.format import Claim, Format, Reader
from app.exchange.registry import Registry
from app.jobs.tasks.import_files import find_document, import_files
from app.session.session import Session
from tests.unit.exchange.build import TEXT, exported, jsonl, names, plain, project, with_mark


@pytest.fixture
def session(tmp_path: Path):
    """Give an empty project."""
    with project(tmp_path / "news.stet") as session:
        yield session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with files of several kinds."""
    files = {
        "in/b.txt": b"b",
        "in/a.TXT": b"a",
        "in/deep/er/c.md": b"c",
        "in/deep/er/.hidden.txt": b"no",
        "in/.git/d.txt": b"no",
        "in/picture.png": b"\x89PNG",
        "in/marks.jsonl": b'{"stet":1,"id":"d1","name":"from jsonl","text":"t"}\n',
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "in"


def test_a_file_s_name_is_the_document_s(session: Session, folder: Path) -> None:
    import_files(session, [folder / "b.txt", folder / "deep" / "er" / "c.md"])
    assert names(session) == ["b.txt", "c.md"]


def test_in_a_folder_the_name_is_the_path_from_there(session: Session, folder: Path) -> None:
    report = import_files(session, [folder])
    assert names(session) == ["a.TXT", "b.txt", "from jsonl", "deep/er/c.md"]
    (ignored,) = report.report
    assert (ignored.kind, ignored.examples) == ("ignored", ["picture.png"])
    assert session.undo_title() == "Import in"


def test_a_named_format_takes_any_file_but_filters_a_folder(session: Session, folder: Path) -> None:
    (folder / "notes").write_text("n")
    import_files(session, [folder / "notes", folder], format="text")
    assert names(session) == ["notes", "a.TXT", "b.txt", "deep/er/c.md"]


SORTED = {"id": "e1", "name": "e1", "sets": [], "text": "long " * 20_000, "stet": 1}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(SORTED, sort_keys=True).encode(),
        json.dumps(SORTED).encode() + b"\n" + json.dumps({**SORTED, "id": "e2"}).encode(),
        b"\xef\xbb\xbf" + json.dumps({**SORTED, "text": "t"}, sort_keys=True).encode(),
        json.dumps({**SORTED, "text": "“t”"}, sort_keys=True, ensure_ascii=False).encode("utf-16"),
        b'{"header": true}\n' + json.dumps({**SORTED, "text": "t" * 300}, sort_keys=True).encode(),
    ],
)
def test_our_jsonl_is_known_by_its_keys_in_any_order(session: Session, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(content)
    import_files(session, [folder], skip_bad=b"header" in content)
    assert session.reader.documents.find("e1")


def test_no_file_that_may_be_meant_is_passed_over_silently(session: Session, folder: Path) -> None:
    (folder / "spans.jsonl").write_text('{"words": "stet is", "spans": []}\n')
    (folder / "deep" / "marks.json").write_text(json.dumps({**SORTED, "text": "t"}, sort_keys=True))
    (folder / "package.json").write_text('{"name": "no document"}')
    report = import_files(session, [folder])
    assert [Path(error.path or "").name for error in report.errors] == ["package.json", "spans.jsonl", "marks.json"]
    assert "isn't in a known format" in str(report.errors[1])
    assert "Stet JSONL, but its name isn't" in str(report.errors[2])
    assert report.headline() == "imported 4 new documents, 3 files not read"
    assert (report.bad, report.unread, report.as_dict()["unread"]) == (0, 3, 3)
    assert report.report.count("ignored") == 1, "a picture isn't meant"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_to_folders_are_not_followed(session: Session, folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    assert import_files(session, [folder]).brought.documents == 4


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.png", b"%PNG", "unknown file type “.png”; if it is plain text, add: --format text"),
        ("a.stet", b"SQLite format 3", "this is a project, not a file to import; export it"),
        ("a", b"x", "unknown file type: the name has no extension"),
        (
            "a.jsonl",
            b'{"t":1}\n',
            "this JSON isn't in a known format; the keys are: “t”; if a key has texts, say which",
        ),
        ("a.json", b'[{"stet":1}]\n', "this JSON isn't in a known format"),
    ],
)
def test_a_file_of_an_unknown_kind_is_refused(
    session: Session, tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError) as error:
        import_files(session, [tmp_path / name])
    assert what in str(error.value)


def test_a_path_that_leads_nowhere_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file or folder"):
        import_files(session, [tmp_path / "none.txt"], skip_bad=True)


def test_a_bad_file_among_good_ones_ends_the_import_with_nothing(session: Session, folder: Path) -> None:
    (folder / "z.txt").write_bytes(b"\xff")
    with pytest.raises(FormatError, match=r"z\.txt:1: not UTF-8"):
        import_files(session, [folder])
    assert names(session) == []


def test_bad_records_can_be_left_out_and_are_listed(session: Session, folder: Path, tmp_path: Path) -> None:
    (folder / "z.txt").write_bytes(b"\xff")
    marks = jsonl(tmp_path / "m.jsonl", plain(id="d5"), with_mark(start=-1), plain(id="d5"), plain("other", id="d1"))
    report = import_files(session, [folder, marks], skip_bad=True)
    assert report.bad == 4
    assert [(Path(e.path or "").name, e.line) for e in report.errors] == [
        ("z.txt", 1),
        ("m.jsonl", 2),
        ("m.jsonl", 3),
        ("m.jsonl", 4),
    ]
    assert report.brought.documents == 5
    assert report.headline() == "imported 5 new documents, 4 bad records skipped"
    assert [error["line"] for error in report.as_dict()["errors"]] == [1, 2, 3, 4]


def test_what_the_project_refuses_is_told_with_file_and_line(session: Session, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", plain(), plain(id="d2"), plain(id="d2"))
    with pytest.raises(FormatError) as error:
        import_files(session, [path])
    assert (error.value.path, error.value.line) == (path, 3)


def test_references_are_named_as_people_name_them(session: Session, tmp_path: Path) -> None:
    for name in ("spun.txt", "report.txt", "report.md"):
        (tmp_path / name).write_text(name)
    import_files(session, [tmp_path / "spun.txt"])
    report = import_files(session, [tmp_path / "report.txt", tmp_path / "report.md"], reference_for="spun")
    assert report.brought.linked == 2
    uid = find_document(session, "spun.txt")
    assert len(session.reader.documents.references(uid)) == 2
    assert find_document(session, uid) == uid
    with pytest.raises(FormatError, match="2 documents are named “report”; use one of these ids"):
        find_document(session, "report")
    with pytest.raises(FormatError, match="there is no document “other”"):
        import_files(session, [tmp_path / "spun.txt"], reference_for="other")


def test_a_text_that_is_there_is_linked_all_the_same(session: Session, tmp_path: Path) -> None:
    for name in ("spun.txt", "report.txt"):
        (tmp_path / name).write_text(name)
    import_files(session, [tmp_path / "spun.txt", tmp_path / "report.txt"])
    done = import_files(session, [tmp_path / "report.txt"], reference_for="spun").brought
    assert (done.documents, done.already, done.linked) == (0, 1, 1)


def test_progress_counts_bytes_up_to_the_whole(session: Session, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", *(plain(id=f"d{n}") for n in range(300)))
    told: list[tuple[int, int | None, str]] = []
    import_files(session, [path], progress=lambda done, total, what: told.append((done, total, what)))
    assert told[-1] == (path.stat().st_size, path.stat().st_size, "300 documents")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_formats_that_only_write_are_no_formats_to_read(session: Session, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="“training” is export-only"):
        import_files(session, [jsonl(tmp_path / "a.jsonl", plain())], format="training")
    with pytest.raises(FormatError, match="unknown format “nonsense”; use one of: .*brat, "):
        import_files(session, [jsonl(tmp_path / "a.jsonl", plain())], format="nonsense")


def test_a_third_party_format_receives_the_import_options(session: Session, tmp_path: Path) -> None:
    asked: list[tuple[str | None, str | None]] = []

    class OddReader(Reader):
        suffixes = (".odd",)

        def claims(self, path: Path, head: bytes) -> Claim | None:
            return Claim("its name says so") if path.suffix == ".odd" else None

        def read(self, source, options):
            asked.append((options.annotator, options.offsets))
            return iter(())

    (tmp_path / "a.odd").write_bytes(b"x")
    registry = Registry()
    registry.add(Format("odd", "An odd format", OddReader()))
    import_files(session, [tmp_path / "a.odd"], annotator="ana", offsets="utf16", registry=registry)
    assert asked == [("ana", "utf16")]


@pytest.mark.needs_shared
def test_real_texts_come_in_as_they_stand(session: Session, shared: Path) -> None:
    paths = sorted((shared / "seeds").glob("*.txt"))
    import_files(session, paths)
    assert [found.document.text.encode() for found in session.reader.records()] == [path.read_bytes() for path in paths]
    first = exported(session)
    assert TEXT.encode() not in first
    assert import_files(session, paths).brought.already == len(paths)


def marked(uid: str, **ids: str) -> dict[str, object]:
    """Return a line with one of everything that has an id, by kind: annotation, suggestion, decision."""
    at = {"layer": "entity", "label": "PERSON", "start": 0, "end": 2}
    line = plain(id=uid, name=f"{uid}.txt")
    if "annotation" in ids:
        line["sets"] = [{"annotator": "ana", "status": "open", "annotations": [{"id": ids["annotation"], **at}]}]
    if "suggestion" in ids:
        line["suggestions"] = [{"id": ids["suggestion"], "maker": "m", **at}]
    if "decision" in ids:
        said = {
            "id": ids["decision"],
            "layer": "entity",
            "key": "0-2",
            "outcome": "rejected",
            "reviewer": "rina",
            "time": "",
        }
        line["decisions"] = [said]
    return line


@pytest.mark.parametrize("kind", ["annotation", "suggestion", "decision"])
def test_a_repeated_id_is_told_and_skipped_alone(session: Session, tmp_path: Path, kind: str) -> None:
    first, second, third = (marked(uid, **{kind: tag}) for uid, tag in (("g1", "G"), ("d1", "T"), ("d2", "T")))
    path = jsonl(tmp_path / "a.jsonl", first, second, third, marked("d3", **{kind: "U"}))
    with pytest.raises(FormatError, match=rf"a\.jsonl:3: the id T already belongs to another {kind}, in “d1.txt”"):
        import_files(session, [path])
    assert names(session) == []
    report = import_files(session, [path], skip_bad=True)
    assert [(error.line, error.path) for error in report.errors] == [(3, path)]
    assert (report.bad, report.brought.documents, len(names(session))) == (1, 3, 3)


@pytest.mark.parametrize("kind", ["annotation", "suggestion", "decision"])
def test_an_id_that_the_project_has_is_told_and_skipped(session: Session, tmp_path: Path, kind: str) -> None:
    import_files(session, [jsonl(tmp_path / "a.jsonl", marked("d1", **{kind: "T"}), marked("d0"))])
    # In a new document, in one that is there, and after one that has it anew.
    new = [marked("e1", **{kind: "X"}), marked("e2", **{kind: "T"}), marked("d0", **{kind: "X"}), marked("e3")]
    path = jsonl(tmp_path / "b.jsonl", *new)
    with pytest.raises(FormatError, match=r"b\.jsonl:[23]: "):
        import_files(session, [path])
    report = import_files(session, [path], skip_bad=True)
    assert sorted(error.line or 0 for error in report.errors) == [2, 3]
    assert {error.path for error in report.errors} == {path}
    assert names(session) == ["d1.txt", "d0.txt", "e1.txt", "e3.txt"]
    assert report.brought.first == session.reader.documents.find("e1.txt")[0]


def test_a_repeated_id_far_behind_is_told_with_its_line(session: Session, tmp_path: Path) -> None:
    many = [marked(f"d{number}", annotation=f"a{number}") for number in range(1_100)]
    many[1_050] = marked("d1050", annotation="a3")
    report = import_files(session, [jsonl(tmp_path / "a.jsonl", *many)], skip_bad=True)
    assert [(error.line, "in “d3.txt”" in error.what) for error in report.errors] == [(1_051, True)]
    assert report.brought.documents == report.brought.annotations == 1_099


@pytest.mark.parametrize(
    ("name", "what", "hint"),
    [
        ("old.doc", "a Word document of the kind before 2007, which isn't read", "save it as .docx"),
        ("old.RTF", "a document in rich text", "save it as .docx"),
        ("old.odt", "a document of LibreOffice", "save it as .docx"),
        ("~$port.docx", "only says that a document is open in Word", "name the document itself"),
    ],
)
def test_documents_that_are_not_read_say_what_to_do(
    session: Session, tmp_path: Path, name: str, what: str, hint: str
) -> None:
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(FormatError, match=what) as caught:
        import_files(session, [path])
    assert hint in caught.value.hint
    told = import_files(session, [path.parent])
    assert told.unread == (0 if name.startswith("~") else 1)
