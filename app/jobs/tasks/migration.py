"""The report of a change of the scheme, or of a dry run, in words and as plain values."""

from collections.abc import Sequence
from typing import Any

from app.core.wording import STATUS_WORDS, counted
from app.services.migration.survey import Concerned, Example, Migration, Touched

_MOST_NAMED = 20


def touched_line(item: Touched) -> str:
    """Return how many of whose annotations change, in words."""
    where = f"{counted(item.documents, 'document')} ({STATUS_WORDS[item.status]})"
    return f"{item.title}: {item.annotations:,} by {item.annotator} in {where}"


def relation_lines(done: Migration) -> list[str]:
    """Return how many of whose relations change, in words."""
    return [f"{item.title}: {item.number:,} by {item.annotator}" for item in done.relations]


def example_line(item: Example) -> str:
    """Return an annotation in its context, with its new label."""
    new = "deleted" if item.new is None else item.new
    what = f"{item.label} → {new}" if item.new != item.label else item.label
    return f"…{item.before}[{item.quote}]{item.after}…  {what}  ({item.document}, {item.annotator})"


def decision_lines(done: Migration, *, dry_run: bool) -> list[str]:
    """Return what happens to gold and decisions, in words."""
    lines: list[str] = []
    if done.gold:
        lines.append(f"{done.gold:,} of them in gold")
    kept = "kept under the new scheme" if not dry_run else "to keep unchanged"
    said = (kept, "to recheck", "withdrawn because their marks are gone")
    counts = (done.kept, done.open_again, done.withdrawn)
    lines += [f"decisions {what}: {count:,}" for count, what in zip(counts, said, strict=True) if count]
    return lines


def suggestion_lines(done: Migration, *, dry_run: bool) -> list[str]:
    """Return what happens to suggestions, in words."""
    said = ("to change", "no longer to be offered") if dry_run else ("changed", "no longer offered")
    counts = zip((done.suggested, done.unoffered), said, strict=True)
    return [f"suggestions {what}: {count:,}" for count, what in counts if count]


def opened_line(done: Migration) -> list[str]:
    """Return a line with the number of annotations that newly have an unmet rule, if there are any."""
    return [f"{counted(done.opened, 'annotation')} with an unmet rule afterwards"] if done.opened else []


def look_lines(done: Migration) -> list[str]:
    """Return how many annotations have an unmet rule afterwards, and the finished documents they are in."""
    if not done.look:
        return opened_line(done)
    named = [f"  {_named(item)}" for item in done.look[:_MOST_NAMED]]
    more = [f"  and {len(done.look) - _MOST_NAMED:,} more"] if len(done.look) > _MOST_NAMED else []
    finished = f"{counted(len(done.look), 'finished document')} among them, which stay unchanged:"
    return [*opened_line(done), finished, *named, *more]


def _named(item: Concerned) -> str:
    return f"{item.name} ({', '.join(item.look)})"


def headline(done: Migration, *, dry_run: bool) -> str:
    """Return the result in one line."""
    would, change = ("would be", "would change") if dry_run else ("is", "changed")
    return f"{done.scheme.tag} {would} the current scheme; {counted(done.annotations, 'annotation')} {change}"


def lines(done: Migration, *, dry_run: bool) -> list[str]:
    """Return the whole report in words; for a dry run with examples and the changes in the scheme."""
    found = [*(touched_line(item) for item in done.touched), *relation_lines(done)]
    found += [*decision_lines(done, dry_run=dry_run), *suggestion_lines(done, dry_run=dry_run), *look_lines(done)]
    if dry_run:
        found += _headed("examples:", [f"  {example_line(item)}" for item in done.examples])
        found += _headed("documents:", _document_lines(done.documents))
        found += _headed("the scheme:", done.diff.split("\n"))
    return [*found, headline(done, dry_run=dry_run)]


def _headed(title: str, rest: Sequence[str]) -> list[str]:
    return [title, *rest] if rest else []


def _document_lines(documents: Sequence[Concerned]) -> list[str]:
    named = [
        f"  {item.name}: {counted(item.annotations, 'annotation')} by {', '.join(item.annotators)}"
        for item in documents[:_MOST_NAMED]
    ]
    left = len(documents) - _MOST_NAMED
    return [*named, f"  and {left:,} more; --json has them all"] if left > 0 else named


def as_dict(done: Migration, *, dry_run: bool) -> dict[str, Any]:
    """Return the report as plain values, for JSON."""
    return {
        "dry_run": dry_run,
        "before": done.before.tag,
        "after": done.scheme.tag,
        "changes": [change.title for change in done.changes],
        "annotations": done.annotations,
        "opened": done.opened,
        "gold": done.gold,
        "decisions": {"kept": done.kept, "open_again": done.open_again, "withdrawn": done.withdrawn},
        "suggestions": {"changed": done.suggested, "unoffered": done.unoffered},
        "touched": [item._asdict() for item in done.touched],
        "relations": [item._asdict() for item in done.relations],
        "documents": [item._asdict() for item in done.documents],
        "examples": [item._asdict() for item in done.examples],
        "diff": done.diff,
    }
