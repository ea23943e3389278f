"""Each mark of an annotator is in one verdict, no gold in two, and the sums agree, whatever was decided."""

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, Decision, Outcome
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.review.feedback import ReviewOutcome, overturn, total, verdicts
from app.review.groups import group
from app.review.readings import Readings
from tests.property.test_groups import TEXT, documents, marks
from tests.unit.review.build import SCHEME

_NONE = (Outcome.REJECTED, Outcome.DEFERRED)


@st.composite
def reviewed(draw: st.DrawFn) -> tuple[DocumentRecord, Readings]:
    """Draw a document of several annotators, some of whose groups are decided; some gold has no decision."""
    read = draw(documents())
    gold: list[Annotation] = []
    decisions: list[Decision] = []
    for number, found in enumerate(group(read, SCHEME)):
        outcome = draw(st.sampled_from([None, *_NONE, Outcome.ACCEPTED, Outcome.EDITED]))
        if outcome is None:
            continue
        made = None
        if outcome not in _NONE:
            taken = draw(st.sampled_from(sorted(found.versions)))
            made = msgspec.structs.replace(found.versions[taken], uid=f"g{number}")
            if outcome is Outcome.EDITED:
                made = msgspec.structs.replace(made, label="NAME", correction="own")
            gold.append(made)
        asked = {k: v for k, v in found.votes().items() if v or draw(st.booleans())}  # others finished later
        decision = Decision(
            uid=f"x{number}",
            document="d",
            layer=found.layer,
            key=found.key,
            outcome=outcome,
            reviewer="rina",
            time="",
            sources=found.sources,
            votes=asked,
            gold=made.uid if made else None,
        )
        decisions.append(decision)
    gold.extend(draw(marks(f"loose{number}")) for number in range(draw(st.integers(0, 2))))
    sets = [
        SetRecord(name, "person", Status.DONE, "review@1", 0.0, reading.annotations, reading.relations)
        for name, reading in read.by.items()
    ]
    sets.append(SetRecord(GOLD, GOLD, Status.OPEN, "review@1", 0.0, tuple(gold), ()))
    document = Document(uid="d", name="d", text=TEXT, sha256=sha256(TEXT))
    return DocumentRecord(document, sets=tuple(sets), decisions=tuple(decisions)), read


@given(reviewed())
def test_every_mark_is_in_one_verdict_and_the_sums_agree(drawn: tuple[DocumentRecord, Readings]) -> None:
    record, read = drawn
    present = {found.key for found in group(read, SCHEME)}
    for name, reading in read.by.items():
        found = verdicts(record, name, SCHEME, frozen=reading.annotations, present=present)
        mine = Counter(uid for v in found if v.annotation is not None for uid in (v.annotation.uid, *v.twins))
        assert mine == Counter(item.uid for item in reading.annotations)
        golds = [v.gold.uid for v in found if v.gold is not None]
        assert len(golds) == len(set(golds))
        assert all((v.annotation is None) == (v.fate is ReviewOutcome.MISSED) for v in found)
        assert all((v.gold is None) == (v.fate in (ReviewOutcome.REJECTED, ReviewOutcome.UNDECIDED)) for v in found)
        rows = overturn(found)
        fates = Counter(v.fate.value for v in found)
        for fate in ReviewOutcome:
            assert getattr(total(rows), fate.value) == fates[fate.value]
        assert len({(row.layer, row.label) for row in rows}) == len(rows)
        assert all(row.rate is None or 0 <= row.rate <= 1 for row in rows)
        assert all((row.rate is None) == bool(row.why_no_rate) for row in rows)


@given(reviewed())
def test_frozen_and_current_sets_agree_while_nothing_changes(
    drawn: tuple[DocumentRecord, Readings],
) -> None:
    record, read = drawn
    for name, reading in read.by.items():
        assert verdicts(record, name, SCHEME) == verdicts(record, name, SCHEME, frozen=reading.annotations)
