"""What is known of unmet rules is what looking at all annotations says, and each of these is looked at once."""

import msgspec
import pytest

from app.core import known_problems
from app.core.annotation import Annotation
from app.core.known_problems import KnownProblems
from app.core.state import DocumentState
from app.core.validation import document_problems, problems_of
from tests.unit.build import SCHEME, annotation, document, state

TEXT = "the US senator spoke"
FINE = annotation(TEXT, (4, 6), attributes={"evidence_status": "NOT_SEARCHED"})
BAD = [annotation(TEXT, (start, start + 1), label="NOBODY") for start in (9, 2, 5)]


def all_found(known: KnownProblems, of: DocumentState) -> None:
    expected = document_problems(of, scheme=SCHEME)
    assert known.unmet(of, scheme=SCHEME) == ((expected[0], len(expected)) if expected else None)


@pytest.mark.parametrize("most", [200_000, 2])
def test_it_says_what_looking_at_all_says(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(known_problems, "_MOST", most)
    known = KnownProblems()
    mended = msgspec.structs.replace(FINE, uid=BAD[1].uid)
    for marks in ([], [FINE], [FINE, *BAD], [FINE, BAD[0], mended], [FINE, *BAD], [mended]):
        all_found(known, state(TEXT, *marks))
    other = document("another text altogether")
    moved = state(TEXT, FINE)._replace(document=other)
    all_found(known, moved)
    assert known.unmet(moved, scheme=SCHEME) is not None
    assert known.unmet(state(TEXT, FINE), scheme=SCHEME) is None


def test_each_annotation_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def looked(mark: Annotation, **rest) -> list:
        seen.append(mark.uid)
        return problems_of(mark, **rest)

    monkeypatch.setattr(known_problems, "problems_of", looked)
    known, before = KnownProblems(), state(TEXT, FINE, *BAD)
    for _ in range(3):
        known.unmet(before, scheme=SCHEME)
    assert sorted(seen) == sorted(before.annotations)
    changed = msgspec.structs.replace(BAD[2], comment="why")
    after = before._replace(annotations=before.annotations.with_item(changed.uid, changed))
    known.unmet(after, scheme=SCHEME)
    assert seen[len(before.annotations) :] == [changed.uid]
