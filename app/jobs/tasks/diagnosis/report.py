"""The report of a diagnosis: facts in sections, and checks. No text of any document is in it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple


class Health(StrEnum):
    """How a check came out."""

    GOOD = "ok"
    ADVICE = "advice"  # works, but something can be better
    PROBLEM = "problem"


class MachineFact(NamedTuple):
    """Something that is so: what, and which."""

    name: str
    value: str


class Section(NamedTuple):
    """Facts that belong together."""

    title: str
    facts: tuple[MachineFact, ...]


class HealthCheck(NamedTuple):
    """What was checked, how it came out, what was seen, and what to do about it ("" if nothing)."""

    name: str
    health: Health
    seen: str
    advice: str = ""


class Diagnosis(NamedTuple):
    """All of it."""

    sections: tuple[Section, ...]
    checks: tuple[HealthCheck, ...]

    @property
    def has_problem(self) -> bool:
        """Whether something doesn't work."""
        return any(check.health is Health.PROBLEM for check in self.checks)

    @property
    def headline(self) -> str:
        """All in one sentence."""
        problems, advice = (
            [check.name for check in self.checks if check.health is health]
            for health in (Health.PROBLEM, Health.ADVICE)
        )
        if problems:
            return f"Doesn’t work: {', '.join(problems)}."
        about = f", with advice about: {', '.join(advice)}" if advice else ""
        return f"All checks passed{about}."

    def lines(self) -> Iterator[str]:
        """Yield the report line by line, as it is read and copied."""
        yield "Checks"
        for check in self.checks:
            yield f"  {check.health.value:<8}{check.name}: {check.seen}"
            if check.advice:
                yield f"          {check.advice}"
        for section in self.sections:
            yield ""
            yield section.title
            for fact in section.facts:
                yield f"  {fact.name}: {fact.value}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as values of JSON."""
        return {
            "sections": {section.title.lower(): dict(section.facts) for section in self.sections},
            "checks": [
                {"name": each.name, "result": each.health.value, "seen": each.seen, "advice": each.advice}
                for each in self.checks
            ],
            "ok": not self.has_problem,
        }
