"""REFI-QDA's projects, read and written."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Fragment, Relation, quote_of
from app.core.errors import FormatError
from app.core.ids import derived_uid
from app.core.remark import Remark
from app.core.scheme_file import parse_scheme
from app.exchange.archive import Archive
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.formats.qdpx.positions import ONE, TWO, Convention, GivenSelection, Positions, convention_of
from app.exchange.formats.qdpx.reader import QdpxReader
from app.exchange.formats.qdpx.writer import QdpxWriter
from app.exchange.label_map import LabelMap
from app.exchange.offset_units import Unit, UnknownUnit
from app.exchange.output import StreamOutput
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from tests.conftest import scheme_source
from tests.unit.exchange.build import project, record, work
from tests.unit.exchange.test_doccano import TOPIC

NS = 'xmlns="urn:QDA-XML:project:1.0"'
CODES = """<CodeBook><Codes>
<Code guid="C1" name="Topics" isCodable="false"><Code guid="{c2}" name="Health" isCodable="true">
<Code guid="C3" name="Diet" isCodable="true"/></Code><Code guid="C4" name="Other" isCodable="true">
<Code guid="C5" name="diet" isCodable="true"/></Code></Code></Codes></CodeBook>"""
USERS = '<Users><User guid="{U1}" name="Ana"/><User guid="u2" id="ben"/></Users>'
TEXT = "Diet and health 😀 are closely linked.\r\nSo they say.\r\n"


def archive(
    path: Path, body: str, *, texts: dict[str, str | bytes] | None = None, name: str = "project.qde", origin=""
):
    """Write a QDPX file with these elements and texts."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            name, f'<?xml version="1.0" encoding="utf-8"?><Project name="x" origin="{origin}" {NS}>{body}</Project>'
        )
        for each, text in (texts or {}).items():
            file.writestr(each, text)
    return path


def source(*selections: str, more: str = "", name: str = "one", path: str = "internal://t.txt") -> str:
    given = f'guid="s1" name="{name}" plainTextPath="{path}"'
    return f"<Sources><TextSource {given}>{''.join(selections)}{more}</TextSource></Sources>"


def select(
    start: int, end: int, code: str = "c2", *, user: str = "u1", name: str = "", more: str = "", guid: str = "x"
):
    coding = f'<Coding guid="k{guid}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>' if code else ""
    given = f'guid="{guid}" startPosition="{start}" endPosition="{end}" name="{name}"'
    return f"<PlainTextSelection {given}>{more}{coding}</PlainTextSelection>"


def records(path: Path, report: Report | None = None, **options: Any):
    return list(QdpxReader().read(Source(path), ReadOptions(report=report or Report(), **options)))


def marks(found) -> list[tuple[str, str, str]]:
    return [(item.annotator, mark.label, mark.quote) for item in found.sets for mark in item.annotations]


def test_codings_of_users_become_their_marks(tmp_path: Path) -> None:
    body = (
        USERS
        + CODES
        + source(
            select(0, 4, "c3", guid="a", more="<Description>Note this</Description>"),
            select(0, 15, "{C2}", user="{U2}", guid="b"),
            select(5, 8, "C5", guid="c"),
            more='<Coding guid="k9" creatingUser="u1"><CodeRef targetGUID="C4"/></Coding>',
        )
    )
    path = archive(
        tmp_path / "a.qdpx", body, texts={"Sources/t.txt": "\ufeffDiet and health are linked."}, name="Trial.qde"
    )
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == ("qdpx", "Trial.qde is in it")
    (one,) = records(path)
    assert (one.document.name, one.document.text) == ("one", "Diet and health are linked.")
    assert marks(one) == [
        ("Ana", "Other", ""),
        ("Ana", "Topics › Health › Diet", "Diet"),
        ("Ana", "Topics › Other › diet", "and"),
        ("ben", "Health", "Diet and health"),
    ]
    assert one.sets[0].annotations[1].comment == "Note this"


def test_notes_links_values_and_cases_find_their_places(tmp_path: Path) -> None:
    value = '<VariableValue><VariableRef targetGUID="V1"/><{0}>{1}</{0}></VariableValue>'
    body = (
        USERS
        + CODES
        + '<Variables><Variable guid="v1" name="Age" typeOfVariable="Integer"/></Variables>'
        + f'<Cases><Case guid="p1" name="P 1">{value.format("IntegerValue", "34")}'
        + '<SourceRef targetGUID="S1"/></Case></Cases>'
        + source(
            select(0, 4, guid="a", more='<NoteRef targetGUID="n1"/>'),
            select(5, 8, guid="b"),
            select(9, 15, "", guid="c", more="<Description>Memo only</Description>"),
            select(9, 12, "", guid="d"),
            more='<NoteRef targetGUID="n2"/><Description>About it</Description>',
        ).replace("<Description>About it</Description></TextSource>", "</TextSource>")
        + '<Notes><Note guid="N1" creatingUser="u1" plainTextPath="internal://n.txt"/>'
        '<Note guid="n2" creatingUser="u2"><PlainTextContent>Read again</PlainTextContent></Note>'
        '<Note guid="n3"><PlainTextContent>Linked</PlainTextContent></Note></Notes>'
        '<Links><Link guid="l1" name="leads to" direction="OneWay" originGUID="a" targetGUID="kb"/>'
        '<Link guid="l2" originGUID="b" targetGUID="n3"/><Link guid="l3" originGUID="a" targetGUID="c1"/></Links>'
        "<Sets><Set/></Sets>"
    )
    texts: dict[str, str | bytes] = {"sources/t.txt": "Diet and health.", "sources/n.txt": "From a file"}
    report = Report()
    (one,) = records(archive(tmp_path / "a.qdpx", body, texts=texts), report, annotator="lea")
    ana = next(item for item in one.sets if item.annotator == "Ana")
    assert [(m.label, m.comment) for m in ana.annotations] == [("Health", "From a file"), ("Health", "Linked")]
    (tie,) = ana.relations
    assert (tie.label, tie.source, tie.target) == ("leads to", ana.annotations[0].uid, ana.annotations[1].uid)
    assert [m.comment for item in one.sets if item.annotator == "lea" for m in item.annotations] == ["Memo only"]
    assert next(item for item in one.sets if item.annotator == "ben").remark.note == "Read again"
    assert one.document.meta == {"case": "P 1", "Age": 34}
    assert (report.count("link"), report.count("set")) == (1, 1)


@pytest.mark.parametrize(
    ("origin", "sign", "at", "name", "own"),
    [
        ("ATLAS.ti 9", "x", 38, "", {}),
        ("NVivo 12", "x", 39, "", {}),
        ("", "x", 38, "So", {}),
        ("", "x", 39, "So", {}),
        ("NVivo 12", "😀", 40, "So", {}),
        ("", "😀", 39, "So...", {"offsets": "utf16"}),
        ("MAXQDA", "😀", 40, "", {"offsets": "utf16"}),
        ("", "x", 38, "", {"own": {"line-ends": "one"}}),
    ],
)
def test_what_positions_count_is_proved_or_known(tmp_path, origin, sign, at, name, own) -> None:
    body = USERS + CODES + source(select(at, at + (7 if "..." in name else 2), name=name.replace("So...", "So th...")))
    texts: dict[str, str | bytes] = {"sources/t.txt": TEXT.replace("😀", sign).encode()}
    (one,) = records(archive(tmp_path / "a.qdpx", body, texts=texts, origin=origin), **own)
    assert marks(one)[0][2].startswith("So")


def test_what_positions_count_is_asked_for(tmp_path: Path) -> None:
    lines = archive(
        tmp_path / "a.qdpx", CODES + source(select(40, 42, name="Food")), texts={"sources/t.txt": "x\r\n" * 40}
    )
    with pytest.raises(FormatError, match="a line end of two characters") as caught:
        records(lines)
    assert "line-ends=one" in caught.value.hint
    emoji = archive(tmp_path / "b.qdpx", CODES + source(select(2, 4)), texts={"sources/t.txt": "😀 abc"})
    with pytest.raises(UnknownUnit) as asked:
        records(emoji)
    assert [(each.unit, each.rows[0][1]) for each in asked.value.samples] == [("cp", "ab"), ("utf16", "a")]


def test_positions_are_mapped_over_short_line_ends() -> None:
    text = "a\r\nb😀\r\n\r\nc"
    short, long = Positions(text, Convention(Unit.CODE_POINTS, ONE)), Positions(text, Convention(Unit.UTF16, TWO))
    for quote, one, two in (
        ("a", (0, 1), (0, 1)),
        ("\r\nb", (1, 3), (1, 4)),
        ("😀\r\n\r\n", (3, 6), (4, 10)),
        ("c", (6, 7), (10, 11)),
    ):
        for positions, given in ((short, one), (long, two)):
            start, end = positions.range(*given)
            assert text[start:end] == quote
    with pytest.raises(ValueError, match="outside"):
        short.range(0, 8)


def test_names_that_are_no_words_prove_nothing() -> None:
    given = [GivenSelection(TEXT, 0, 4, "21s"), GivenSelection(TEXT, 20, 27, "Diet")]
    assert convention_of(given, origin="MAXQDA", unit="cp") == (Convention(Unit.CODE_POINTS, TWO), False)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (source(select(0, 4, "nowhere")), "isn't in the codebook"),
        (source(select(0, 400)), "outside the text"),
        (source(select(4, 0)), "ends before it starts"),
        (source(select(0, 4)).replace('"0"', '"1e3"'), "isn't a whole number"),
        (source(select(0, 4)).replace('"0"', f'"{"9" * 40}"'), "isn't a whole number"),
        (source(select(0, 4, user="")), "doesn't say who made"),
    ],
)
def test_a_bad_source_is_refused_and_the_rest_read(tmp_path: Path, body: str, what: str) -> None:
    good = '<TextSource guid="s2" name="two"><PlainTextContent>Hi</PlainTextContent></TextSource></Sources>'
    path = archive(
        tmp_path / "a.qdpx", USERS + CODES + body.replace("</Sources>", good), texts={"sources/t.txt": "Diet and"}
    )
    with pytest.raises(FormatError, match=what) as caught:
        records(path)
    assert caught.value.path is not None
    refused: list[Any] = []
    assert [each.document.name for each in records(path, refuse=refused.append)] == ["two"]
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: archive(path, "", name="other.xml"), "no project.qde"),
        (lambda path: archive(path, "<Users>"), "not XML"),
        (lambda path: archive(path, "<a>" * 600 + "</a>" * 600), "nested more than"),
        (lambda path: archive(path, "", texts={"../x.txt": ""}), "leads out of it"),
        (lambda path: path.write_bytes(b"PK\3\4 broken") and path, "damaged"),
    ],
)
def test_a_hostile_archive_is_refused_in_words(tmp_path: Path, make: Any, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        records(make(tmp_path / "a.qdpx"))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "a.qdpx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("project.qde", '<!DOCTYPE p [<!ENTITY x "y">]><Project>&x;</Project>')
    with pytest.raises(FormatError, match="declares entities"):
        records(path)


def test_texts_beside_the_archive_and_media_are_told_of(tmp_path: Path) -> None:
    coding = '<Coding guid="k" creatingUser="u1"><CodeRef targetGUID="c2"/></Coding>'
    body = (
        '<Sources><TextSource guid="a" name="far" plainTextPath="absolute:///home/x/t.txt"/>'
        '<PDFSource guid="b" name="p"><PDFSelection guid="s"/><Representation guid="r">'
        f"<PlainTextContent>Page</PlainTextContent>{select(0, 4)}</Representation></PDFSource>"
        '<AudioSource guid="c" name="v"><Transcript guid="t"><PlainTextContent>Said so</PlainTextContent>'
        '<SyncPoint guid="1" position="0"/><SyncPoint guid="2" position="4"/>'
        f'<TranscriptSelection guid="z" fromSyncPoint="1" toSyncPoint="2">{coding}</TranscriptSelection>'
        "</Transcript></AudioSource></Sources>"
    )
    report = Report()
    pdf, audio = records(archive(tmp_path / "a.qdpx", USERS + CODES + body), report)
    assert (marks(pdf), marks(audio)) == ([("Ana", "Health", "Page")], [("Ana", "Health", "Said")])
    assert (report.count("no-text"), report.count("media")) == (1, 1)


def uid(number: int) -> str:
    return derived_uid("test", str(number))


def mark(text: str, number: int, *ranges: tuple[int, int], **more: Any) -> Annotation:
    fragments = tuple(Fragment(*pair) for pair in ranges)
    given = {"layer": "error", "label": "TORTURED_TERM", **more}
    return Annotation(uid=uid(number), fragments=fragments, quote=quote_of(text, fragments), **given)


WORDS = "A\r\ntortured 😀 term & <more>,\n\nomitted here."


def ours() -> list[Any]:
    made = [
        mark(WORDS, 1, (3, 11), correction="better", comment="Why?\nSo.", created="2026-01-02T03:04:05Z"),
        mark(WORDS, 2, (12, 13), (16, 20), label="OMISSION"),
        mark(WORDS, 3, (30, 30), layer="entity", label="PERSON"),
        mark(WORDS, 4, (3, 11), layer="claim", label="NOT_IN_SCHEME"),
    ]
    tie = Relation(uid=uid(9), source=uid(1), target=uid(2), label="causes")
    ana = work(*made, relations=(tie,), remark=Remark(None, "Hard text"))
    ben = work(mark(WORDS, 5, (3, 11)), annotator="ben")
    return [
        record(WORDS, uid=uid(100), sets=(ana, ben), meta={"a": 1, "b": True, "c": 1.5, "description": "x", "e": "é"})
    ]


def written(given: list[Any], **own: Any) -> tuple[bytes, Report]:
    out = BytesIO()
    scheme = parse_scheme(scheme_source("news-errors"))
    losses = QdpxWriter().write(
        given, StreamOutput(out), WriteOptions(scheme=scheme, document=lambda uid: None, own=own)
    )
    return out.getvalue(), losses


@pytest.mark.parametrize("unit", ["cp", "utf16"])
def test_what_is_written_comes_back_the_same(tmp_path: Path, unit: str) -> None:
    data, losses = written(ours(), offsets=unit)
    assert written(ours(), offsets=unit)[0] == data
    path = tmp_path / "a.qdpx"
    path.write_bytes(data)
    labels = LabelMap(parse_scheme(scheme_source("news-errors")))
    (back,) = records(path, labels=labels)
    (was,) = ours()
    assert back.document.text == was.document.text
    assert back.document.meta == was.document.meta
    for theirs, mine in zip(back.sets, was.sets, strict=True):
        plain = [msgspec.structs.replace(m, origin="human", created="", updated="") for m in theirs.annotations]
        wanted = sorted(mine.annotations, key=lambda m: (m.start, m.end, m.uid))
        assert plain == [msgspec.structs.replace(m, created="", updated="") for m in wanted]
        assert [(r.source, r.target, r.label) for r in theirs.relations] == [(*r.ends, r.label) for r in mine.relations]
        assert (theirs.annotator, theirs.remark) == (mine.annotator, mine.remark)
    assert {finding.kind for finding in losses} == {"fragments"}


def test_a_copied_coding_is_another_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.qdpx"
    path.write_bytes(written(ours())[0])
    with Archive(path) as found:
        description = found.bytes_of("project.qde").decode()
        texts = {name: found.bytes_of(name) for name in found.names if name != "project.qde"}
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("project.qde", description.replace('name="spun.txt"', 'name="copy.txt"'))
        for name, data in texts.items():
            file.writestr(name, data)
    (back,) = records(path)
    assert uid(1) not in {m.uid for item in back.sets for m in item.annotations}


def test_line_ends_can_be_those_that_maxqda_wants(tmp_path: Path) -> None:
    path = tmp_path / "a.qdpx"
    data, losses = written(ours(), **{"line-ends": "crlf"})
    path.write_bytes(data)
    (back,) = records(path, offsets="cp")
    assert back.document.text == WORDS.replace("\r\n", "\n").replace("\n", "\r\n")
    assert [m.quote for m in back.sets[1].annotations] == ["tortured"]
    assert losses.count("line-ends") == 1


def test_the_description_is_what_the_schema_wants() -> None:
    data, _ = written(ours())
    with zipfile.ZipFile(BytesIO(data)) as file:
        text = file.read("project.qde").decode()
        assert sorted(file.namelist())[0] == "project.qde"
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0"')
    order = [text.index(f"<{name}>") for name in ("Users", "CodeBook", "Variables", "Sources", "Notes", "Links")]
    assert order == sorted(order)
    selections = [each for each in text.split("\n") if each.startswith("<PlainTextSelection")]
    assert all("creatingUser=" in each and "creationDateTime=" in each for each in selections)


def test_a_project_takes_a_file_once_and_again_nothing(tmp_path: Path) -> None:
    from app.jobs.tasks.export_file import export_project
    from app.jobs.tasks.import_files import import_files

    path = tmp_path / "a.qdpx"
    path.write_bytes(written(ours())[0])
    with project(tmp_path / "a.stet") as session:
        first = import_files(session, [path]).brought
        assert (first.documents, first.annotations) == (1, 5)
        again = import_files(session, [path]).brought
        assert again.documents == again.added == 0
        export_project(session, tmp_path / "b.qdpx", format="qdpx")
        assert import_files(session, [tmp_path / "b.qdpx"]).brought.added == 0


def test_labels_of_one_name_come_back_into_their_layers(tmp_path: Path) -> None:
    source = scheme_source("ner") + TOPIC.replace('id = "sport"', 'id = "person"\ntitle = "Person"')
    scheme = parse_scheme(source)
    marks_of = [
        mark(WORDS, 1, (3, 11), layer="entity", label="PERSON"),
        mark(WORDS, 2, (0, 0), layer="topic", label="person"),
    ]
    out = BytesIO()
    QdpxWriter().write(
        [record(WORDS, sets=(work(*marks_of),))],
        StreamOutput(out),
        WriteOptions(scheme=scheme, document=lambda uid: None),
    )
    path = tmp_path / "a.qdpx"
    path.write_bytes(out.getvalue())
    (back,) = records(path, labels=LabelMap(scheme))
    assert {(m.layer, m.label) for m in back.sets[0].annotations} == {("entity", "PERSON"), ("topic", "person")}


def test_a_scheme_can_be_made_of_the_codes_that_are_used(tmp_path: Path) -> None:
    from app.jobs.tasks.scheme_file import parsed, read_scheme

    path = archive(tmp_path / "a.qdpx", USERS + CODES + source(select(0, 4)), texts={"sources/t.txt": "Diet and"})
    assert [label.id for layer in parsed(read_scheme(str(path))).layers for label in layer.labels] == ["Health"]
