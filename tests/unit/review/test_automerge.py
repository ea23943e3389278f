"""What rules decide, and why they leave the rest."""

import pytest

from app.core.annotation import Annotation, Fragment
from app.review.automerge import Equal, MergeStrategy, Rule, RuleVerdict, judge, judge_empty, rule_words
from tests.unit.review.build import SCHEME, mark, one, proof

U, M, T = MergeStrategy.UNANIMOUS, MergeStrategy.MAJORITY, MergeStrategy.THRESHOLD
NAMES = ("ana", "ben", "cyd", "dan", "eve", "fay", "gus", "hal", "ida", "joe")


def verdict(rule: Rule, *versions: Annotation | None) -> RuleVerdict:
    """Return what a rule says of these versions; None is somebody's silence."""
    by = {NAMES[at]: [version] if version else [] for at, version in enumerate(versions)}
    return next(judge([one(**by)], rule, SCHEME))


def a(uid: str, end: int = 5, **fields) -> Annotation:
    return mark(uid, (0, end), **fields)


SAME = (a("1"), a("2"), a("3"))
BOUNDARY = (a("1"), a("2"), a("3", 6))
SEVERITY = (a("1"), a("2"), a("3", severity="major"))
LABELS = (a("1"), a("2"), a("3", label="NAME"))
SILENT = (a("1"), a("2"), None)
LONELY = (a("1"), None, None)
EVEN = (a("1"), a("2"), a("3", label="NAME"), a("4", label="NAME"))
ALONE = (a("1"),)


@pytest.mark.parametrize(
    ("strategy", "equal", "versions", "winners"),
    [
        *((U, equal, SAME, 3) for equal in Equal),
        *((M, equal, SAME, 3) for equal in Equal),
        (U, Equal.EXACT, BOUNDARY, 0),
        (U, Equal.OVERLAP, BOUNDARY, 3),
        (U, Equal.LABEL, BOUNDARY, 3),
        (M, Equal.EXACT, BOUNDARY, 2),
        (M, Equal.OVERLAP, BOUNDARY, 3),
        (U, Equal.OVERLAP, SEVERITY, 0),
        (U, Equal.LABEL, SEVERITY, 3),
        (M, Equal.OVERLAP, SEVERITY, 2),
        (U, Equal.LABEL, LABELS, 0),
        (M, Equal.LABEL, LABELS, 2),
        (U, Equal.EXACT, SILENT, 0),
        (M, Equal.EXACT, SILENT, 2),
        (M, Equal.EXACT, LONELY, 0),
        *((strategy, equal, EVEN, 0) for strategy in MergeStrategy for equal in Equal),
        (U, Equal.EXACT, ALONE, 0),
        (M, Equal.EXACT, ALONE, 0),
        (T, Equal.EXACT, ALONE, 0),
        (T, Equal.EXACT, SILENT, 2),  # of those who marked something, all say it
        (T, Equal.EXACT, BOUNDARY, 0),  # two of three are less than 0.75
        (T, Equal.OVERLAP, BOUNDARY, 3),
        (T, Equal.LABEL, LABELS, 0),
        (T, Equal.EXACT, LONELY, 0),
    ],
)
def test_strategies(strategy: MergeStrategy, equal: Equal, versions: tuple, winners: int) -> None:
    found = verdict(Rule(strategy, equal), *versions)
    assert len(found.winners) == winners
    assert (found.picks is not None) == (found.why == "") == bool(winners)


@pytest.mark.parametrize(
    ("votes", "confidence", "versions", "wins"),
    [
        (1, 0.0, ALONE, True),
        (1, 1.0, LONELY, True),
        (3, 0.0, SILENT, False),
        (2, 0.6, BOUNDARY, True),
        (2, 0.67, BOUNDARY, False),
        (1, 0.5, EVEN, False),
    ],
)
def test_thresholds(votes: int, confidence: float, versions: tuple, wins: bool) -> None:
    found = verdict(Rule(T, Equal.EXACT, votes, confidence), *versions)
    assert (found.picks is not None) is wins


@pytest.mark.parametrize(("same", "others", "confidence"), [(7, 3, 0.7), (3, 2, 0.6), (1, 0, 1.0)])
def test_a_share_that_is_just_reached_is_reached(same: int, others: int, confidence: float) -> None:
    versions = [a(str(at)) for at in range(same)] + [a(f"x{at}", 6 + at) for at in range(others)]
    assert verdict(Rule(T, Equal.EXACT, 1, confidence), *versions).picks is not None


def test_what_is_left_has_its_reason() -> None:
    assert verdict(Rule(U), *BOUNDARY).why == "2 of 3 agree"
    assert verdict(Rule(U), *ALONE).why == "only one person finished the document"
    assert verdict(Rule(M), *LONELY).why == "1 of 3 agree"
    assert verdict(Rule(M), *EVEN).why == "tied votes"
    assert verdict(Rule(T), *LONELY).why == "1 of 2 votes"
    assert verdict(Rule(T), *BOUNDARY).why == "2 of 3 votes, a share below 0.75"


def test_winners_supply_what_becomes_gold() -> None:
    found = verdict(Rule(M), *SEVERITY)
    assert found.winners == ("ana", "ben")
    assert set((found.picks or {}).values()) == {"1"}
    assert "3" in found.group.sources, "the group itself is whole"


def test_ranges_that_need_only_overlap_must_overlap_each_other() -> None:
    chain = (mark("1", (0, 10)), mark("2", (8, 20)), mark("3", (18, 30)))
    assert verdict(Rule(U, Equal.OVERLAP), *chain).picks is None
    assert verdict(Rule(M, Equal.OVERLAP), *chain).votes == 2


def test_evidence_in_a_chain_is_not_unanimous() -> None:
    chain = [a(str(at), evidence=(proof(start, start + 12),)) for at, start in enumerate((0, 10, 20))]
    assert verdict(Rule(U), *chain).picks is None


def test_overlap_takes_the_range_that_most_have() -> None:
    found = verdict(Rule(U, Equal.OVERLAP), a("1", 6), a("2", 5), a("3", 5))
    assert found.picks is not None
    assert found.picks["range"] == "2"
    version = next(v for v in found.group.versions.values() if v.uid == found.picks["range"])
    assert version.fragments == (Fragment(0, 5),)


def test_rules_compare_a_label_even_where_it_is_no_conflict() -> None:
    one_, two = a("1", layer="loose", label="ONE"), a("2", layer="loose", label="TWO")
    assert verdict(Rule(U), one_, two).picks is None


def test_rules_have_names() -> None:
    assert Rule(U).name == "unanimous exact"
    assert Rule(M, Equal.LABEL).name == "majority label"
    assert Rule(T, Equal.OVERLAP, 3, 0.5).name == "threshold overlap votes=3 confidence=0.5"


TIE = (a("1"), a("2"), None, None)
FIVE = (a("1"), None, None, None, None)
SPLIT = (a("1"), a("2", label="NAME"), a("3", label="NAME"), None, None)


@pytest.mark.parametrize(
    ("rule", "versions", "why", "rejects"),
    [
        (Rule(M, reject_unmarked=True), FIVE, "", True),
        (Rule(M, reject_unmarked=True), LONELY, "", True),
        (Rule(M, reject_unmarked=True), SILENT, "", False),
        (Rule(M, reject_unmarked=True), TIE, "tied votes", False),
        (Rule(M, reject_unmarked=True), SPLIT, "tied votes", False),
        (Rule(M, reject_unmarked=True), (*SPLIT, None), "3 of 6 agree", False),  # half isn't more than half
        (Rule(M, reject_unmarked=True), ALONE, "1 of 1 agree", False),
        (Rule(T, votes=2, confidence=0.75, reject_unmarked=True), FIVE, "", True),
        (Rule(T, votes=5, confidence=0.5, reject_unmarked=True), FIVE, "4 of 5 votes", False),
        (Rule(T, votes=2, confidence=0.9, reject_unmarked=True), FIVE, "4 of 5 votes, a share below 0.9", False),
        (Rule(T, votes=2, confidence=0.75, reject_unmarked=True), SILENT, "2 of 3 votes, a share below 0.75", False),
        (Rule(T, votes=2, confidence=0.6, reject_unmarked=True), SILENT, "", False),
        (Rule(M), FIVE, "1 of 5 agree", False),
    ],
)
def test_absence_votes_for_nothing_only_if_wanted(rule: Rule, versions: tuple, why: str, rejects: bool) -> None:
    found = verdict(rule, *versions)
    assert (found.why, found.is_rejection) == (why, rejects)
    if rejects:
        assert set(found.winners) == {name for name, version in zip(NAMES, versions, strict=False) if version is None}


def test_a_rule_s_name_says_that_it_rejects() -> None:
    assert Rule(M, reject_unmarked=True).name == "majority exact reject-unmarked"
    assert Rule(T, reject_unmarked=True).name == "threshold exact votes=2 confidence=0.75 reject-unmarked"


@pytest.mark.parametrize(
    ("rule", "readers", "why"),
    [
        (Rule(U), 2, ""),
        (Rule(U), 1, "only one person finished the document"),
        (Rule(M), 3, ""),
        (Rule(M), 1, "only one person finished the document"),
        (Rule(T, votes=3), 2, "2 of 3 votes"),
        (Rule(T, votes=2), 2, ""),
    ],
)
def test_who_must_have_finished_with_nothing(rule: Rule, readers: int, why: str) -> None:
    assert judge_empty(readers, rule) == why


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(U).name, "everyone agrees; range and all fields that count are the same"),
        (
            Rule(M, Equal.LABEL, reject_unmarked=True).name,
            "more than half agree; ranges overlap, the label is the same; what most left unmarked is rejected",
        ),
        (
            Rule(T, Equal.OVERLAP, 3, 0.5).name,
            "enough agree (at least 3, a share of 0.5); ranges overlap, the other fields that count are the same",
        ),
        ("majority", "more than half agree"),
        ("dawid-skene", "dawid-skene"),
    ],
)
def test_a_rule_is_shown_in_words(rule: str, words: str) -> None:
    assert rule_words(rule) == words
