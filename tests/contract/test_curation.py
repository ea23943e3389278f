"""Two annotators and the expected result, from another tool's tests: what Stet makes of them, and why not the same.

Each folder of `shared/data/curation` holds two annotators' work on one sentence and what INCEpTION's merge of
"completely agreeing, not stacked" annotations made of it. Stet merges with the rule that means the same, unanimous and
exact, through a real project. Where it should give something else, `INTENDED` says what and why; everything else must
be equal.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from app.core.annotation import Annotation, Fragment, Relation, Status
from app.core.decision import GOLD
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.review.automerge import MergeStrategy, Rule
from app.services.review.reviewer import AutoResult, Reviewer
from app.session.session import Session
from app.storage.records import insert_records
from tests.conftest import no_progress
from tests.contract.webanno_tsv import EMPTY, File, Span, Tie, read

ORG, PART = ("*", "ORG"), ("*", "ORGpart")
Marked = tuple[str, int, int, tuple[str, ...]]
Arrow = tuple[Marked, Marked, str]


class Intended(NamedTuple):
    """What Stet's gold has beyond the expected result, what it lacks, and why; what stays open and for which reason."""

    why: str = ""
    more: frozenset[Marked] = frozenset()
    more_ties: frozenset[Arrow] = frozenset()
    less_ties: frozenset[Arrow] = frozenset()
    lemmas: bool = False  # all of a layer that the expected result doesn't have


_TALE, _KINDS, _LAST = (
    ("Multivalspan", 2, 6, ("A", "B")),
    ("Multivalspan", 12, 17, ("C", "D")),
    ("Multivalspan", 21, 32, ("E", "F")),
)


def _root(start: int, end: int, tag: str, label: str = "ROOT") -> Arrow:
    token = ("POS", start, end, (tag, tag))
    return (token, token, f"{label}/basic")


INTENDED = {
    "multipleStackedAnnotationsAreNotMergedTest": Intended(
        "The other tool never merges annotations that are stacked, for it can't tell which goes with which. Stet "
        "matches them one to one, by label too: both annotators have the ORG and the ORGpart. The second ORG of "
        "user2 says the same again and counts once.",
        more=frozenset({("NamedEntity", 40, 56, ORG), ("NamedEntity", 40, 56, PART)}),
    ),
    "simpleSpanDiffWithLabelStacking2Test": Intended(
        "Stacked annotations are matched here too: both have the ORG, which user2 gave twice. The ORGpart is user1's "
        "alone and stays open.",
        more=frozenset({("NamedEntity", 40, 56, ORG)}),
    ),
    "simpleRelGovStackedTest": Intended(
        "Both annotators put the same C/D on “kinds” twice. The other tool merges neither, and so no relation that "
        "ends there; for Stet it is one mark said twice, and both relations have both their ends.",
        more=frozenset({_KINDS}),
        more_ties=frozenset({(_TALE, _KINDS, "X/Y"), (_KINDS, _LAST, "W/Z")}),
    ),
    "relationLabelTest": Intended(
        "The expected result has no lemmas, although both annotators give the same ones: the other tool's test doesn't "
        "tell its merge about that layer. Stet merges every layer. And five tokens are tied to themselves, as roots; "
        "in Stet a relation ties two marks, so these don't come into a project at all.",
        less_ties=frozenset(
            {
                _root(11, 19, "VVFIN", "S"),
                *(_root(39, 40, "$,"), _root(57, 58, "$,"), _root(97, 98, "$,"), _root(153, 154, "$.")),
            }
        ),
        lemmas=True,
    ),
}
FOLDERS = (
    "multipleStackedAnnotationsAreNotMergedTest",
    "relationLabelTest",
    "simpleRelGovStackedTest",
    "simpleRelTypeDiffTest",
    "simpleSpanDiffMultiFeatureTest",
    "simpleSpanDiffWithLabelStacking2Test",
    "simpleSpanDiffWithLabelTest",
    "simpleSpanNoDiffNoLabelTest",
)
LEFT = {
    "multipleStackedAnnotationsAreNotMergedTest": {},
    "relationLabelTest": {},
    "simpleRelGovStackedTest": {},
    "simpleRelTypeDiffTest": {},
    "simpleSpanDiffMultiFeatureTest": {"tied votes": 1},
    "simpleSpanDiffWithLabelStacking2Test": {"1 of 2 agree": 1},
    "simpleSpanDiffWithLabelTest": {"tied votes": 1},
    "simpleSpanNoDiffNoLabelTest": {},
}
TORN = {"relationLabelTest": 1, "simpleRelTypeDiffTest": 1}  # the relations with another label
KINDS = {
    "relationLabelTest": ["relation"],
    "simpleRelTypeDiffTest": ["relation"],
    "simpleSpanDiffMultiFeatureTest": ["label"],
    "simpleSpanDiffWithLabelStacking2Test": ["missing"],
    "simpleSpanDiffWithLabelTest": ["label"],
}

# -- into a project ----------------------------------------------------------------------------------------------------


def scheme_of(file: File) -> str:
    """Return a scheme with the file's layers: the first feature is the label, the others are attributes that count."""
    lines = ['name = "curation"', "version = 1", 'title = "Curation"']
    for layer, (_, *others) in file.layers.items():
        lines += ["[[layer]]", f'id = "{layer}"', 'counts = ["label"]', "[[layer.label]]", 'id = "ANY"']
        for feature in others:
            lines += ["[[layer.attribute]]", f'id = "{feature}"', f'title = "{feature}"', 'kind = "text"']
    return "\n".join(lines)


def annotations_of(file: File, who: str) -> dict[Span, Annotation]:
    found: dict[Span, Annotation] = {}
    for at, span in enumerate(file.spans):
        _, *names = file.layers[span.layer]
        label, *values = span.values
        found[span] = Annotation(
            uid=f"{who}-{at}",
            layer=span.layer,
            label=label,
            fragments=(Fragment(span.start, span.end),),
            quote=file.text[span.start : span.end],
            attributes={name: value for name, value in zip(names, values, strict=True) if value != EMPTY},
        )
    return found


def set_of(file: File, who: str) -> SetRecord:
    marks = annotations_of(file, who)
    ties = tuple(
        Relation(uid=f"{who}-r{at}", source=marks[tie.source].uid, target=marks[tie.target].uid, label=label_of(tie))
        for at, tie in enumerate(file.ties)
        if tie.source != tie.target
    )
    return SetRecord(who, "person", Status.DONE, "curation@1", 0.0, tuple(marks.values()), ties)


def label_of(tie: Tie) -> str:
    return "/".join(tie.values)


class Curated(NamedTuple):
    """What came of a folder."""

    expected: File
    session: Session
    result: AutoResult

    @property
    def reviewing(self) -> Reviewer:
        return Reviewer(self.session)

    def marks(self) -> list[Marked]:
        return sorted(mark_of(annotation) for annotation in self.reviewing.gold("d").annotations.values())

    def ties(self) -> list[Arrow]:
        gold = self.reviewing.gold("d")
        marks = {uid: mark_of(annotation) for uid, annotation in gold.annotations.items()}
        return sorted((marks[tie.source], marks[tie.target], tie.label) for tie in gold.relations.values())


def mark_of(annotation: Annotation) -> Marked:
    values = (annotation.label, *(annotation.attributes.get(key, EMPTY) for key in _features(annotation.layer)))
    return (annotation.layer, annotation.start, annotation.end, values)


def _features(layer: str) -> tuple[str, ...]:
    return {"NamedEntity": ("value",), "POS": ("coarseValue",), "Multivalspan": ("f2",)}.get(layer, ())


def expected_mark(span: Span) -> Marked:
    return (span.layer, span.start, span.end, span.values)


@pytest.fixture(params=FOLDERS)
def curated(request: pytest.FixtureRequest, tmp_path: Path, shared: Path):
    """Give a folder's two annotators in a project, merged."""
    folder = shared / "data" / "curation" / request.param
    first, second = read(folder / "user1.tsv"), read(folder / "user2.tsv")
    session = Session.create(tmp_path / "curation.stet", scheme=scheme_of(first), annotator="rina")
    document = Document(uid="d", name=request.param, text=first.text, sha256=sha256(first.text))
    record = DocumentRecord(document, sets=(set_of(first, "user1"), set_of(second, "user2")))
    with session.project.atomic():
        insert_records(session.project, [record], batch=0, tick=no_progress)
    reviewing = Reviewer(session)
    result = reviewing.auto(reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS))
    yield Curated(read(folder / "curator.tsv"), session, result)
    session.close()


# -- the comparison ----------------------------------------------------------------------------------------------------


@pytest.mark.needs_shared
def test_gold_is_the_expected_result_but_for_what_is_intended(curated: Curated, request) -> None:
    name = request.node.callspec.params["curated"]
    intended = INTENDED.get(name, Intended())
    lemmas = [mark for mark in curated.marks() if mark[0] == "Lemma"]
    assert len(lemmas) == (26 if intended.lemmas else 0)
    expected = {expected_mark(span) for span in curated.expected.spans}
    marks = [mark for mark in curated.marks() if mark not in lemmas]
    assert len(marks) == len(set(marks)), "nothing is in gold twice"
    assert set(marks) - expected == intended.more
    assert expected - set(marks) == set()
    ties = {(expected_mark(t.source), expected_mark(t.target), label_of(t)) for t in curated.expected.ties}
    assert set(curated.ties()) - ties == intended.more_ties
    assert ties - set(curated.ties()) == intended.less_ties
    assert len(curated.ties()) == len(set(curated.ties()))


@pytest.mark.needs_shared
def test_what_is_not_merged_is_left_with_its_reason(curated: Curated, request) -> None:
    name = request.node.callspec.params["curated"]
    assert dict(curated.result.left) == LEFT[name]
    assert curated.result.torn == TORN.get(name, 0)
    assert curated.result.decided == len(curated.marks())
    sheet = curated.reviewing.sheet("d")
    assert [kind.value for found in sheet.open_groups() for kind in found.differences] == KINDS.get(name, [])
    is_done = curated.session.executor.load("d", GOLD).status is Status.DONE
    assert is_done is (not LEFT[name] and name not in TORN)


@pytest.mark.needs_shared
def test_merging_again_changes_nothing(curated: Curated) -> None:
    rows = curated.session.log.next_sequence()
    result = curated.reviewing.auto(curated.reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS))
    assert (result.decided, result.kept) == (0, curated.result.decided)
    assert curated.session.log.next_sequence() == rows


@pytest.mark.needs_shared
def test_every_folder_is_compared(shared: Path) -> None:
    assert sorted(path.name for path in (shared / "data" / "curation").iterdir()) == sorted(FOLDERS)


@pytest.mark.needs_shared
def test_the_reader_reads_stacked_spans_of_several_tokens(shared: Path) -> None:
    file = read(shared / "data" / "curation" / FOLDERS[0] / "user2.tsv")
    assert file.layers == {"NamedEntity": ("identifier", "value")}
    assert [(span.start, span.end, span.values) for span in file.spans] == [
        *((40, 56, ORG), (40, 56, ORG), (40, 56, PART)),
    ]
    tied = read(shared / "data" / "curation" / "simpleRelGovStackedTest" / "user1.tsv")
    assert [(t.source.start, t.source.number, t.target.start, t.target.number, t.values) for t in tied.ties] == [
        (2, 0, 12, 1, ("X", "Y")),
        (12, 1, 21, 0, ("W", "Z")),
    ]
    lemma = next(
        span for span in read(shared / "data" / "curation" / FOLDERS[1] / "user1.tsv").spans if span.start == 20
    )
    assert lemma.values in (("PRF", "PRF"), ("er|es|sie",))
