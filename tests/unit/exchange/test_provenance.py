"""Who suggested a mark is in every export whose format can hold it, and in the loss report of every other."""

import io
import zipfile
import zlib
from pathlib import Path

import pyarrow.parquet
import pytest
from msgspec.structs import replace

from app.core.annotation import Annotation, Evidence, Fragment, Stance, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme_file import parse_scheme
from app.core.suggestion import Judgement, Suggested, Suggestion, SuggestionOutcome, origin_of
from app.exchange.format import WriteOptions
from app.exchange.label_map import LabelMap
from app.exchange.option import option_values
from app.exchange.output import OutputFiles
from app.exchange.provenance import ANSWER, SUGGESTED_BY, OriginPlace, Provenance, answers_in, origin_in
from app.exchange.registry import Registry
from app.exchange.report import LossReport
from tests.conftest import scheme_source
from tests.unit.exchange.foreign_files import kinds, read

SCHEME = parse_scheme(scheme_source("news-errors"))
TEXT = "Donald Trump, the US senator, called twice.\nHe was there.\n"
REFERENCE = "The U.S. President called.\n"
WHEN = "2026-01-02T03:04:05.000006Z"
WRITERS = [each.name for each in Registry().writers()]


def suggestion(layer: str, label: str, words: str, **fields: object) -> Suggestion:
    """Return what a program suggested on some words."""
    at = TEXT.index(words)
    fragments = (Fragment(at, at + len(words)),)
    given = {"maker": "role", "version": "3", **fields}
    return Suggestion(uid=f"s-{words}", layer=layer, label=label, fragments=fragments, quote=words, **given)  # pyright: ignore[reportArgumentType]


SUGGESTIONS = (
    suggestion("error", "ROLE_ATTRIBUTE", "senator", attributes={"severity": "critical"}, correction="president"),
    suggestion("entity", "PERSON", "Donald Trump"),
    suggestion("claim", "CHECKWORTHY_FACTUAL", TEXT[:43]),
)


def mark_of(made: Suggestion, **changes: object) -> Annotation:
    """Return the mark that an annotator made of a suggestion."""
    fields = {"attributes": made.attributes, "correction": made.correction, **changes}
    proof = Evidence(
        uid="e", document="d2", fragments=(Fragment(4, 18),), quote="U.S. President", stance=Stance.REFUTES
    )
    return Annotation(
        uid=f"m-{made.quote}",
        layer=made.layer,
        label=made.label,
        fragments=made.fragments,
        quote=made.quote,
        evidence=() if made.layer == "entity" else (proof,),
        origin=origin_of(made),
        created=WHEN,
        updated=WHEN,
        **fields,  # pyright: ignore[reportArgumentType]
    )


def project(*marks: Annotation, annotator: str = "ana") -> list[DocumentRecord]:
    """Return a document with what ana made of the suggestions for it, and its reference."""
    answers = [
        Suggested(
            each,
            (
                Judgement(
                    suggestion=each.uid,
                    annotator="ana",
                    outcome=SuggestionOutcome.ACCEPTED,
                    time=WHEN,
                    annotation=f"m-{each.quote}",
                ),
            ),
        )
        for each in SUGGESTIONS
    ]
    one = Document(uid="d1", name="a.txt", text=TEXT, sha256=sha256(TEXT))
    work = SetRecord(annotator, "person", Status.DONE, "", 1.0, marks, ())
    reference = Document(uid="d2", name="b.txt", text=REFERENCE, sha256=sha256(REFERENCE))
    return [DocumentRecord(one, ("d2",), (work,), suggestions=tuple(answers)), DocumentRecord(reference)]


def exported(format: str, records: list[DocumentRecord], out: Path) -> LossReport:
    """Write records as an export does, and return what it says is lost."""
    writer = Registry().writer(format)
    provenance = Provenance(writer.origin_place, LossReport())
    options = WriteOptions(
        scheme=SCHEME,
        document={record.document.uid: record.document for record in records}.get,
        own=option_values(writer.options, {}, format=format),
        annotators=("ana",),
        answer=provenance.answer,
    )
    with OutputFiles(keep_off=out.parent / "project.stet") as files:
        output = files.output(out, is_folder=writer.is_folder)
        provenance.report.add(writer.write(provenance.say(provenance.watch(records)), output, options))
    return provenance.report


def contents(path: Path) -> str:
    """Return all that is said in the files of an export, whatever they are packed in."""
    found: list[bytes] = []
    for file in [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file()):
        raw = file.read_bytes()
        if raw.startswith(b"PK"):
            packed = zipfile.ZipFile(io.BytesIO(raw))
            raw = b"".join(packed.read(name) for name in packed.namelist())
        elif file.suffix == ".parquet":
            raw = str(pyarrow.parquet.read_table(file).to_pylist()).encode()
        elif file.suffix == ".spacy":
            raw = zlib.decompress(raw)
        found.append(raw)
    return b"".join(found).decode("utf-8", errors="replace")


@pytest.mark.parametrize("format", WRITERS)
def test_an_export_says_who_suggested_a_mark_or_that_it_does_not(format: str, tmp_path: Path) -> None:
    writer = Registry().writer(format)
    out = tmp_path / f"out{writer.suffix}"
    accepted = [mark_of(each) for each in SUGGESTIONS]
    edited = mark_of(SUGGESTIONS[0], correction="President")
    lost = kinds(exported(format, project(edited, *accepted[1:]), out)).get("origin", 0)
    said = contents(out)
    if writer.origin_place is OriginPlace.NOWHERE:
        assert lost == 3
        assert "role@3" not in said
        return
    assert lost == 0
    assert "role@3" in said
    if format != "stet":  # which has the suggestion itself, and the answer to it
        assert "edited" in said
    alone = tmp_path / f"alone{writer.suffix}"
    human = (replace(mark_of(each), origin="human") for each in SUGGESTIONS)
    exported(format, [record._replace(suggestions=()) for record in project(*human)], alone)
    assert SUGGESTED_BY not in contents(alone), "what nobody suggested has no such field"


REGISTRY = Registry()
ALSO_READ = [each.name for each in REGISTRY.readers() if each.writer and each.writer.origin_place is OriginPlace.FIELDS]


@pytest.mark.parametrize("format", ALSO_READ)
def test_what_an_export_says_of_it_is_read_again(format: str, tmp_path: Path) -> None:
    out = tmp_path / f"out{Registry().writer(format).suffix}"
    exported(format, project(*map(mark_of, SUGGESTIONS)), out)
    whole = out.is_file() or Registry().reader(format).is_folder
    paths = [out] if whole else sorted(path for path in out.rglob("*") if path.is_file())
    found = [record for path in paths for record in read(format, path, labels=LabelMap(SCHEME))]
    marks = [mark for record in found for item in record.sets for mark in item.annotations]
    assert marks
    assert {mark.origin for mark in marks} == {"suggestion:role@3"}
    assert not any({SUGGESTED_BY, ANSWER} & set(mark.attributes) for mark in marks)


def test_gold_is_compared_with_what_was_suggested() -> None:
    role, person, _ = SUGGESTIONS
    (record, _) = project(mark_of(role, correction="President"), mark_of(person))
    gold = record.sets[0]._replace(
        annotator="gold",
        annotations=tuple(
            replace(mark, uid=f"g{at}")
            for at, mark in enumerate((mark_of(role, correction="President"), mark_of(person)))
        ),
    )
    assert answers_in(record._replace(sets=(gold,))) == {"g0": "edited", "g1": "accepted"}
    assert answers_in(record._replace(sets=(gold,), suggestions=())) == {}, "nobody knows"


@pytest.mark.parametrize("said", ["", "a" * 400, "two\nlines", 3, None, ["role@3"], "<b>role</b>"])
def test_a_field_of_a_file_that_names_no_suggester_stays_a_field(said: object) -> None:
    assert origin_in({SUGGESTED_BY: said}) is None
