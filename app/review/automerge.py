"""Deciding without a person where the annotators leave no doubt, by a rule that is chosen before."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.scheme import Scheme
from app.review.composing import by_votes
from app.review.fields import LABEL, RANGE, Rules, rules_of
from app.review.grouping import Group


class Strategy(StrEnum):
    """How many must agree."""

    UNANIMOUS = "unanimous"  # everyone who finished the document, two at least
    MAJORITY = "majority"  # more than half of those who finished it
    THRESHOLD = "threshold"  # so many, and such a share of those who marked something there


class Equal(StrEnum):
    """When two versions count as the same."""

    EXACT = "exact"  # range and every field that counts
    OVERLAP = "overlap"  # every field that counts; ranges need only overlap
    LABEL = "label"  # the label; ranges need only overlap


class Rule(NamedTuple):
    """A rule: `votes` and `confidence` (share, 0 to 1) are the threshold's."""

    strategy: Strategy
    equal: Equal = Equal.EXACT
    votes: int = 2
    confidence: float = 0.75

    @property
    def name(self) -> str:
        """How decisions by this rule are marked, for instance `threshold exact votes=2 confidence=0.75`."""
        words = f"{self.strategy} {self.equal}"
        if self.strategy is Strategy.THRESHOLD:
            words += f" votes={self.votes} confidence={self.confidence:g}"
        return words


class Verdict(NamedTuple):
    """What a rule says of a group: the picks of the winning versions, or why there are none."""

    group: Group
    picks: dict[str, str] | None
    why: str
    votes: int


def judge(groups: Iterable[Group], rule: Rule, scheme: Scheme) -> Iterator[Verdict]:
    """Yield the verdict on each group. Ties are never decided, and nobody's absence ever counts as a version."""
    for group in groups:
        rules = rules_of(scheme, group.layer)
        found = _classes(group, rule.equal, rules)
        top = len(found[0])
        tied = len(found) > 1 and len(found[1]) == top
        why = "as many say one thing as another" if tied else _too_few(group, rule, top)
        if why:
            yield Verdict(group, None, why, top)
            continue
        names = {version.uid: name for name, version in group.versions.items()}
        winners = {names[version.uid]: version for version in found[0]}
        yield Verdict(group, by_votes(group._replace(versions=winners), rules), "", top)


def _too_few(group: Group, rule: Rule, top: int) -> str:
    readers, voters = len(group.readers), len(group.versions)
    if rule.strategy is Strategy.UNANIMOUS:
        if readers < 2:
            return "only one person has finished the document"
        return "" if top == readers else f"{top} of {readers} agree"
    if rule.strategy is Strategy.MAJORITY:
        return "" if top * 2 > readers and readers > 1 else f"{top} of {readers} agree"
    if top < rule.votes:
        return f"{top} of {rule.votes} votes"
    return "" if top >= rule.confidence * voters else f"{top} of {voters} votes, a share below {rule.confidence:g}"


def _classes(group: Group, equal: Equal, rules: Rules) -> list[list[Annotation]]:
    """Return the versions in classes that count as the same, the largest first."""
    fields = [LABEL] if equal is Equal.LABEL else list(dict.fromkeys([LABEL, *(f.id for f in rules.counting)]))
    if equal is not Equal.EXACT:
        fields = [field for field in fields if field != RANGE]
    found: list[list[Annotation]] = []
    for version in group.versions.values():
        home = next((c for c in found if all(rules.same(field, c[0], version) for field in fields)), None)
        if home is None:
            found.append([version])
        else:
            home.append(version)
    found.sort(key=len, reverse=True)
    return found
