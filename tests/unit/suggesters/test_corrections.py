"""Corrections made in one place, suggested in others."""

from app.core.annotation import Evidence, Fragment, Stance
from app.core.progress import no_progress
from app.core.suggestion import Suggestion
from app.suggesters.corrections import CorrectionSuggester
from app.suggesters.protocol import CorrectedTerm, TermPlace
from tests.unit.suggesters.build import MemoryCorpus

LONG = CorrectedTerm("slow train", "long train", 2, "error", "TORTURED_TERM", "major")
LATE = CorrectedTerm("Slow train", "late train", 1, "error", "PREDICATE", None)
EVIDENCE = Evidence(uid="e", document="r", fragments=(Fragment(0, 10),), quote="long train", stance=Stance.REFUTES)


def suggested(corpus: MemoryCorpus, *documents: str) -> dict[str, list[Suggestion]]:
    return dict(CorrectionSuggester().suggest(corpus, documents, progress=no_progress, cancel=None))


def test_it_says_what_was_said_elsewhere() -> None:
    corpus = MemoryCorpus({}, {LONG: [TermPlace("a", 2, 12, "slow train", (EVIDENCE,))]})
    (found,) = suggested(corpus, "a")["a"]
    assert (found.maker, found.version) == ("corrections", "1")
    assert (found.layer, found.label, found.attributes) == ("error", "TORTURED_TERM", {"severity": "major"})
    assert (found.fragments, found.quote, found.correction) == ((Fragment(2, 12),), "slow train", "long train")
    assert (found.evidence, found.score) == ((EVIDENCE,), 1.0)
    assert found.reason == "“slow train” was corrected to “long train” 2 times; the reference has “long train”"


def test_two_corrections_of_a_term_share_the_score() -> None:
    place = TermPlace("a", 2, 12, "slow train")
    found = suggested(MemoryCorpus({}, {LONG: [place], LATE: [place]}), "a")["a"]
    assert [(s.correction, s.score, s.attributes) for s in found] == [
        ("long train", 0.667, {"severity": "major"}),
        ("late train", 0.333, {}),
    ]
    assert found[1].reason.endswith("once")


def test_only_the_documents_asked_for_get_suggestions() -> None:
    places = [TermPlace(uid, 2, 12, "slow train") for uid in ("a", "b", "c")]
    assert set(suggested(MemoryCorpus({}, {LONG: places}), "a", "c")) == {"a", "c"}


def test_nothing_corrected_gives_nothing() -> None:
    assert suggested(MemoryCorpus({"a": "A slow train."}), "a") == {}
