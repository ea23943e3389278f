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


class Rule(NamedTuple):
    """A rule: `votes` and `confidence` (a share, 0 to 1) are the threshold's."""

    strategy: MergeStrategy
    equal: Equal = Equal.EXACT
    votes: int = 2
    confidence: float = 0.75

    @property
    def name(self) -> str:
        """The rule's name in its decisions, for instance `threshold exact votes=2 confidence=0.75`."""
        words = f"{self.strategy} {self.equal}"
        if self.strategy is MergeStrategy.THRESHOLD:
            words += f" votes={self.votes} confidence={self.confidence:g}"
        return words


class RuleVerdict(NamedTuple):
    """A rule's verdict on a group: the picks of the winning versions, or why there are none.

    `votes` is the size of the largest class of equal versions, `winners` are its annotators if they win.
    """

    group: Group
    picks: dict[str, str] | None
    why: str
    votes: int
    winners: tuple[str, ...] = ()


def judge(groups: Iterable[Group], rule: Rule, scheme: Scheme) -> Iterator[RuleVerdict]:
    """Yield the verdict on each group. Ties are never decided, and a missing version never counts as a vote."""
    for group in groups:
        rules = rules_of(scheme, group.layer)
        found = _classes(group, rule.equal, rules)
        top = len(found[0])
        tied = len(found) > 1 and len(found[1]) == top
        why = "tied votes" if tied else _too_few(group, rule, top)
        if why:
            yield RuleVerdict(group, None, why, top)
            continue
        won = {version.uid for version in found[0]}
        versions = {name: version for name, version in group.versions.items() if version.uid in won}
        yield RuleVerdict(group, by_votes(group._replace(versions=versions), rules), "", top, tuple(versions))


def _too_few(group: Group, rule: Rule, top: int) -> str:
    readers, voters = len(group.readers), len(group.versions)
    if rule.strategy is MergeStrategy.UNANIMOUS:
        if readers < 2:
            return "only one person finished the document"
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
