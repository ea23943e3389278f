"""Automatic decisions by a rule chosen beforehand, where the annotators leave no doubt."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.scheme import Scheme
from app.review.fields import LABEL, RANGE, FieldRules, classes_of, rules_of
from app.review.gold_composition import by_votes
from app.review.groups import Group
from app.review.matches import overlaps


class MergeStrategy(StrEnum):
    """How many annotators must agree."""

    UNANIMOUS = "unanimous"  # everyone who finished the document, at least two
    MAJORITY = "majority"  # more than half of those who finished it
    THRESHOLD = "threshold"  # a minimum number, and a minimum share of those who annotated something there


class Equal(StrEnum):
    """When two versions count as the same."""

    EXACT = "exact"  # range and every field that counts
    OVERLAP = "overlap"  # every field that counts; ranges need only overlap
    LABEL = "label"  # the label; ranges need only overlap


STRATEGY_WORDS = {
    MergeStrategy.UNANIMOUS: "everyone agrees",
    MergeStrategy.MAJORITY: "more than half agree",
    MergeStrategy.THRESHOLD: "enough agree",
}
EQUAL_WORDS = {
    Equal.EXACT: "range and all fields that count are the same",
    Equal.OVERLAP: "ranges overlap, the other fields that count are the same",
    Equal.LABEL: "ranges overlap, the label is the same",
}
_REJECTING = "reject-unmarked"


class Rule(NamedTuple):
    """A rule: `votes` and `confidence` (a share, 0 to 1) are the threshold's.

    With `reject_unmarked`, everyone who finished the document without a version votes for nothing, so that the rule can
    reject a group; shares are then of all who finished it. A mark is kept if more than half made it, and dropped if
    more than half didn't: the hard labels of Mu-SHROOM (Vázquez et al. 2025) do so for each character. Without it, a
    missing version isn't a vote.
    """

    strategy: MergeStrategy
    equal: Equal = Equal.EXACT
    votes: int = 2
    confidence: float = 0.75
    reject_unmarked: bool = False

    @property
    def name(self) -> str:
        """The rule's name in its decisions, for instance `threshold exact votes=2 confidence=0.75`."""
        words = f"{self.strategy} {self.equal}"
        if self.strategy is MergeStrategy.THRESHOLD:
            words += f" votes={self.votes} confidence={self.confidence:g}"
        return f"{words} {_REJECTING}" if self.reject_unmarked else words

    @property
    def summary(self) -> str:
        """What the rule asks of the annotators, in few words: “everyone agrees”."""
        return rule_words(self.name).partition("; ")[0]


def rule_words(name: str) -> str:
    """Return the name of a rule, as decisions have it, in words; a name from elsewhere is returned as it is."""
    words = dict.fromkeys(name.split())
    strategy = next((word for word in MergeStrategy if word in words), None)
    if strategy is None:
        return name
    parts = [STRATEGY_WORDS[strategy]]
    values = dict(word.split("=", 1) for word in words if "=" in word)
    if values.keys() >= {"votes", "confidence"}:
        parts[0] += f" (at least {values['votes']}, a share of {values['confidence']})"
    parts += [EQUAL_WORDS[equal] for equal in Equal if equal in words]
    parts += ["what most left unmarked is rejected"] if _REJECTING in words else []
    return "; ".join(parts)


class RuleVerdict(NamedTuple):
    """A rule's verdict on a group: the picks of the winning versions, none if nothing wins, or why it isn't decided.

    `votes` is the size of the largest class of equal votes, `winners` are its annotators if they win.
    """

    group: Group
    picks: dict[str, str] | None
    why: str
    votes: int
    winners: tuple[str, ...] = ()

    @property
    def is_rejection(self) -> bool:
        """Whether the rule rejects all versions."""
        return self.picks is not None and not self.picks


def judge(groups: Iterable[Group], rule: Rule, scheme: Scheme) -> Iterator[RuleVerdict]:
    """Yield the verdict on each group. Ties are never decided."""
    for group in groups:
        rules = rules_of(scheme, group.layer)
        found = _classes(group, rule.equal, rules)
        lack = tuple(name for name in group.readers if name not in group.versions) if rule.reject_unmarked else ()
        sizes = sorted((len(lack), *map(len, found)), reverse=True)
        top = sizes[0]
        why = "tied votes" if sizes[1] == top else _too_few(group, rule, top)
        if why:
            yield RuleVerdict(group, None, why, top)
        elif len(lack) == top:
            yield RuleVerdict(group, {}, "", top, lack)
        else:
            won = {version.uid for version in found[0]}
            versions = {name: version for name, version in group.versions.items() if version.uid in won}
            yield RuleVerdict(group, by_votes(group._replace(versions=versions), rules), "", top, tuple(versions))


def judge_empty(readers: int, rule: Rule) -> str:
    """Return why a rule doesn't decide a document that so many finished without a mark; empty if it does."""
    if rule.strategy is MergeStrategy.THRESHOLD:
        return "" if readers >= rule.votes else f"{readers} of {rule.votes} votes"
    return "" if readers > 1 else _ALONE


_ALONE = "only one person finished the document"


def _too_few(group: Group, rule: Rule, top: int) -> str:
    readers = len(group.readers)
    voters = readers if rule.reject_unmarked else len(group.versions)
    if rule.strategy is MergeStrategy.UNANIMOUS:
        if readers < 2:
            return _ALONE
        return "" if top == readers else f"{top} of {readers} agree"
    if rule.strategy is MergeStrategy.MAJORITY:
        return "" if top * 2 > readers and readers > 1 else f"{top} of {readers} agree"
    if top < rule.votes:
        return f"{top} of {rule.votes} votes"
    return "" if top / voters >= rule.confidence else f"{top} of {voters} votes, a share below {rule.confidence:g}"


def _classes(group: Group, equal: Equal, rules: FieldRules) -> list[list[Annotation]]:
    """Return the versions in classes of those that count as the same, the largest first."""
    fields = [LABEL] if equal is Equal.LABEL else list(dict.fromkeys([LABEL, *(f.id for f in rules.counting)]))
    versions = group.versions.values()
    if equal is Equal.EXACT:
        return rules.classes(fields, versions)
    fields = [field for field in fields if field != RANGE]

    def same(one: Annotation, other: Annotation) -> bool:
        return all(rules.same(field, one, other) for field in fields) and any(overlaps([one], [other]))

    return classes_of(versions, same, loose=True)
