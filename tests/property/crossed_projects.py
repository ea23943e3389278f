"""Projects that are made up to cross the formats, and what of one comes out on the other side."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status, quote_of
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import Remark
from app.core.scheme import SEVERITY
from app.core.scheme_file import parse_scheme
from tests.property.strategies import texts

SCHEME = parse_scheme(
    """
name = "crossed"
version = 1
title = "Crossed"
language = "en"

[[severity]]
id = "minor"
title = "Minor"
weight = 1
[[severity]]
id = "major"
title = "Major"
weight = 5

[[layer]]
id = "entity"
title = "Entity"
[[layer.label]]
id = "PERSON"
title = "Person"
[[layer.label]]
id = "TIME"
title = "Time"
[[layer.attribute]]
id = "who"
title = "Who"
kind = "entity"
list = "people"
[[layer.attribute]]
id = "sure"
title = "Sure"
kind = "flag"

[[layer]]
id = "claim"
title = "Claim"
evidence = true
[[layer.label]]
id = "CHECKWORTHY_FACTUAL"
title = "Factual"
[[layer.attribute]]
id = "verdict"
title = "Verdict"
[[layer.attribute.value]]
id = "SUPPORTED"
title = "Supported"
[[layer.attribute.value]]
id = "REFUTED"
title = "Refuted"

[[layer]]
id = "error"
title = "Error"
severity = true
correction = true
evidence = true
[[layer.label]]
id = "ADDITION"
title = "Addition"
[[layer.label]]
id = "TIME"
title = "Time"
[[layer.attribute]]
id = "off_by"
title = "Off by"
kind = "number"
[[layer.attribute]]
id = "since"
title = "Since"
kind = "date"
[[layer.attribute]]
id = "why"
title = "Why"
kind = "text"
[[layer.attribute]]
id = "topics"
title = "Topics"
kind = "many"
[[layer.attribute.value]]
id = "war"
title = "War"
[[layer.attribute.value]]
id = "peace"
title = "Peace"

[[layer]]
id = "article"
title = "Article"
kind = "document"
[[layer.label]]
id = "SPUN"
title = "Spun"
[[layer.label]]
id = "PLAIN"
title = "Plain"

[[relation]]
id = "caused"
title = "Caused"
[[relation.attribute]]
id = "how"
title = "How"
kind = "text"

[[list]]
id = "people"
title = "People"
[[list.entry]]
id = "Q1"
title = "Ana Lind"
"""
)
_LABELS = (("error", "ADDITION"), ("error", "TIME"), ("entity", "PERSON"), ("entity", "TIME"))
_LABELS += (("claim", "CHECKWORTHY_FACTUAL"),)
_FIELDS = {
    "error": {
        SEVERITY: ["minor", "major"],
        "off_by": [2.5, -3, 0],
        "since": ["2026-03-31"],
        "why": ['since; he, said "so"\t|', "tag=[x]"],
        "topics": [["war"], ["war", "peace"]],
    },
    "entity": {"who": [{"id": "Q1", "title": "Ana Lind"}], "sure": [True, False]},
    "claim": {"verdict": ["SUPPORTED", "REFUTED"]},
}
_WORDS = ("Ana", "left", "on", "Monday", "for", "two", "weeks", "😀", "café", "naïve", "don’t", "Zürich", "3.5", "北京")
_ENDS = (". ", ".\n", "! ", "?\n\n", ", ")
_COMMENTS = ("", "", "said so", "two\nlines; “quoted” | 😀")
_CORRECTIONS = (None, None, "", "three weeks", "Ana’s 😀")


@st.composite
def _prose(draw: st.DrawFn) -> str:
    """Draw a text as people write it, of one to four sentences."""
    said = ""
    for _ in range(draw(st.integers(1, 4))):
        said += " ".join(draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8))) + draw(st.sampled_from(_ENDS))
    return said


def _has_words(text: str) -> bool:
    # A byte order mark at the beginning is no part of a text in any file of texts.
    return any(map(str.isalnum, text)) and not text.startswith("\ufeff")


def _words_of(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append((start, at))
    return found


@st.composite
def _fragments(draw: st.DrawFn, text: str) -> tuple[Fragment, ...]:
    """Draw where a mark is: words, mostly, or any range, several of them, or an anchor."""
    kind = draw(st.sampled_from(["words", "words", "words", "any", "several", "anchor"]))
    words = _words_of(text)
    if kind == "anchor":
        at = draw(st.integers(0, len(text)))
        return (Fragment(at, at),)
    if kind == "several" and len(words) > 2:
        first = draw(st.integers(0, len(words) - 3))
        second = draw(st.integers(first + 2, len(words) - 1))
        return (Fragment(*words[first]), Fragment(*words[second]))
    if kind == "words" and words:
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, min(first + 3, len(words) - 1)))
        return (Fragment(words[first][0], words[last][1]),)
    start = draw(st.integers(0, len(text) - 1))
    return (Fragment(start, draw(st.integers(start + 1, len(text)))),)


@st.composite
def _evidence(draw: st.DrawFn, reference: Document, uid: str) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for number in range(draw(st.integers(1, 3))):
        where = draw(_fragments(reference.text).filter(lambda parts: all(part.start < part.end for part in parts)))
        found.append(
            Evidence(
                uid=f"{uid}-e{number}",
                document=reference.uid,
                fragments=where,
                quote=quote_of(reference.text, where),
                stance=draw(st.sampled_from(Stance)),
                alternative=len(found) and draw(st.integers(1, 2)) or 1,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.alternative, each.uid)))


@st.composite
def _mark(draw: st.DrawFn, document: Document, references: list[Document], uid: str) -> Annotation:
    layer, label = draw(st.sampled_from(_LABELS))
    fields = _FIELDS[layer]
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=len(fields)))
    where = draw(_fragments(document.text))
    proofs = draw(_evidence(draw(st.sampled_from(references)), uid)) if references and layer != "entity" else ()
    return Annotation(
        uid=uid,
        layer=layer,
        label=label,
        fragments=where,
        quote=quote_of(document.text, where),
        attributes={name: draw(st.sampled_from(fields[name])) for name in chosen},
        correction=draw(st.sampled_from(_CORRECTIONS)) if layer == "error" else None,
        comment=draw(st.sampled_from(_COMMENTS)),
        evidence=proofs if draw(st.booleans()) else (),
        created=draw(st.sampled_from(["", "2026-03-18T09:30:00Z"])),
    )


@st.composite
def _work(draw: st.DrawFn, document: Document, references: list[Document], annotator: str) -> SetRecord:
    known: dict[Any, Annotation] = {}
    for number in range(draw(st.integers(0, 5))):
        mark = draw(_mark(document, references, f"{document.uid}-{annotator}-{number}"))
        known.setdefault((mark.fragments, mark.layer, mark.label), mark)
    marks = list(known.values())
    if draw(st.booleans()):
        about = Annotation(
            uid=f"{document.uid}-{annotator}-about",
            layer="article",
            label=draw(st.sampled_from(["SPUN", "PLAIN"])),
            fragments=(Fragment(0, 0),),
            quote="",
            comment=draw(st.sampled_from(_COMMENTS)),
        )
        marks.append(about)
    in_text = [mark.uid for mark in marks if mark.layer != "article"]
    ties = {
        tuple(draw(st.permutations(in_text))[:2]): draw(st.sampled_from([{}, {"how": "by; “chance”"}]))
        for _ in range(draw(st.integers(0, 2)) if len(in_text) > 1 else 0)
    }
    status = draw(st.sampled_from([Status.DONE, Status.DONE, Status.OPEN, Status.SKIPPED]))
    if status is Status.DONE and not marks:
        status = Status.DONE_EMPTY
    return SetRecord(
        annotator=annotator,
        kind="person",
        status=status,
        scheme=SCHEME.tag,
        seconds=draw(st.sampled_from([0.0, 12.5])),
        annotations=tuple(sorted(marks, key=lambda each: (each.start, each.end, each.uid))),
        relations=tuple(
            Relation(
                uid=f"{document.uid}-{annotator}-r{number}",
                source=ends[0],
                target=ends[1],
                label="caused",
                attributes=said,
                comment=draw(st.sampled_from(_COMMENTS)),
            )
            for number, (ends, said) in enumerate(ties.items())
        ),
        remark=Remark(draw(st.sampled_from([None, None, "why?"])), draw(st.sampled_from(["", "", "a note"]))),
    )


@st.composite
def projects(draw: st.DrawFn, *, people: int = 2) -> list[DocumentRecord]:
    """Draw one or two references, and one to three documents with the work of at most so many people on each."""
    given = draw(st.lists(_prose() | texts.filter(_has_words), min_size=2, max_size=5, unique=True))
    count = draw(st.integers(0, min(2, len(given) - 1)))
    named = ("a.txt", "b (2).txt", "Größe 😀", "d/e:f", "5")
    documents = [
        Document(
            uid=f"doc-{number}",
            name=named[number],
            text=text,
            sha256=sha256(text),
            meta=draw(st.sampled_from([{}, {"source": "Agency; “x”"}, {"year": 2026, "language": "en", "ok": True}])),
        )
        for number, text in enumerate(given)
    ]
    references = documents[:count]
    records = [DocumentRecord(each) for each in references]
    for document in documents[count:]:
        least = 1 if people == 1 or document is documents[-1] else 0
        names = ["ana", "Ben Ö"][: draw(st.integers(least, people))]
        sets = tuple(draw(_work(document, references, name)) for name in names)
        records.append(DocumentRecord(document, tuple(each.uid for each in references), sets))
    return records


def told(records: Iterable[DocumentRecord], *, bare: bool = True) -> dict[str, Counter[Any]]:
    """Return what documents and the work on them say, whatever their ids: for each kind of it, each thing that is said
    and how often. Documents are known by their texts, marks by their places; without `bare`, those without anybody's
    work are only what others refer to.
    """
    held = _met(records)
    texts_of = {each.document.uid: each.document.text for each in held}
    found: dict[str, Counter[Any]] = {}

    def say(kind: str, *what: Any) -> None:
        found.setdefault(kind, Counter())[what] += 1

    for record in held:
        document = record.document
        text = document.text
        if not record.sets and not bare:
            continue
        say("text", text)
        say("name", text, _plain(document.name.removesuffix(".txt")))
        for key, value in document.meta.items():
            say("meta", text, key, str(value).casefold())
        for uid in record.references:
            say("reference", text, texts_of.get(uid))
        for item in record.sets:
            _say_work(say, text, item, texts_of)
    return found


def _met(records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
    """Return records with those of one document joined, as an import does with files of several annotators."""
    found: dict[str, DocumentRecord] = {}
    for record in records:
        known = found.get(record.document.uid)
        found[record.document.uid] = record if known is None else known._replace(sets=(*known.sets, *record.sets))
    return list(found.values())


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name)


def _say_work(say: Any, text: str, item: SetRecord, texts_of: Mapping[str, str]) -> None:
    who = item.annotator
    if item.status is not Status.OPEN:
        say("status", text, who, "finished" if item.status.is_finished else item.status)
    if item.seconds:
        say("seconds", text, who, item.seconds)
    if item.remark.flag is not None:
        say("flag", text, who, item.remark.flag)
    if item.remark.note:
        say("note", text, who, item.remark.note)
    places = {mark.uid: _say_mark(say, text, who, mark, texts_of) for mark in item.annotations}
    for tie in item.relations:
        ends = (places[tie.source], places[tie.target])
        say("relation", text, tie.label, *ends)
        for name, value in tie.attributes.items():
            say("relation-field", text, tie.label, *ends, name, json.dumps(value))
        if tie.comment:
            say("relation-comment", text, tie.label, *ends, tie.comment)


def _say_mark(
    say: Any, text: str, who: str, mark: Annotation, texts_of: Mapping[str, str]
) -> tuple[str, tuple[tuple[int, int], ...], str, str]:
    """Say what a mark says; return what it is known by."""
    where = tuple((part.start, part.end) for part in mark.fragments)
    place = (text, where, mark.layer, mark.label)
    kind = "about" if mark.layer == "article" else "mark"
    say(kind, *place[:2])
    say(f"{kind}-label", *place)
    say("annotator", *place, who)
    for name, value in mark.attributes.items():
        say("field", *place, name, json.dumps(value, sort_keys=True))
    if mark.correction is not None:
        say("correction", *place, mark.correction)
    if mark.comment:
        say("comment", *place, mark.comment)
    for piece in mark.evidence:
        there = (*place, texts_of.get(piece.document), tuple((part.start, part.end) for part in piece.fragments))
        say("evidence", *there)
        say("stance", *there, piece.stance)
        say("alternative", *there, piece.alternative)
    return place


def missing(
    before: Mapping[str, Counter[Any]], after: Mapping[str, Counter[Any]], *, counts: bool = True
) -> dict[str, Counter[Any]]:
    """Return by kind what was said before and isn't any more. What is said of a text, mark or relation that is missing
    itself doesn't count, nor, without `counts`, how often it was said.
    """
    found: dict[str, Counter[Any]] = {}
    for kind, said in before.items():
        known = after.get(kind, Counter())
        lost = said - known if counts else Counter(what for what in said if what not in known)
        for upper, width in _UPPER.get(kind, ()):
            there = {what[:width] for each in upper for what in after.get(each, ())}
            lost = Counter({what: count for what, count in lost.items() if what[:width] in there})
        if kind == "relation":
            marks = {*after.get("mark-label", ()), *after.get("about-label", ())}
            lost = Counter({what: count for what, count in lost.items() if {*what[2:4]} <= marks})
        if lost:
            found[kind] = lost
    return found


_TEXT = (("text",), 1)
_MARK = (_TEXT, (("mark-label", "about-label"), 4))
_PIECE = (*_MARK, (("evidence",), 6))
_UPPER: dict[str, tuple[tuple[tuple[str, ...], int], ...]] = {
    **dict.fromkeys(("name", "meta", "reference", "status", "seconds", "flag", "note", "mark", "about"), (_TEXT,)),
    **dict.fromkeys(("annotator", "field", "correction", "comment", "evidence"), _MARK),
    **dict.fromkeys(("stance", "alternative"), _PIECE),
    "mark-label": (_TEXT, (("mark",), 2)),
    "about-label": (_TEXT, (("about",), 2)),
    "relation": (_TEXT,),
    **dict.fromkeys(("relation-field", "relation-comment"), (_TEXT, (("relation",), 4))),
}
"""By which other kinds, and how much of it, it is told whether what something is said of is there."""
