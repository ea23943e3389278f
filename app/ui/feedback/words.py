"""Verdicts in words."""

from app.core.decision import Outcome
from app.core.scheme import Scheme
from app.review.feedback import LabelTally, ReviewOutcome, Ruling, Verdict
from app.ui.review.book import WHOLE_DOCUMENT
from app.ui.review.card import outcome_words
from app.ui.review.reasons import reason_title

TAGS = {
    ReviewOutcome.KEPT: "kept",
    ReviewOutcome.CHANGED: "changed",
    ReviewOutcome.REJECTED: "rejected",
    ReviewOutcome.MISSED: "missed",
    ReviewOutcome.UNDECIDED: "not decided",
}


def counts_words(row: LabelTally) -> str:
    """Return how many were kept, changed, rejected and missed, leaving out zeros."""
    parts = [f"{getattr(row, fate.value):,} {word}" for fate, word in TAGS.items() if getattr(row, fate.value)]
    return " · ".join(parts) or "nothing marked"


def quote_of(verdict: Verdict, scheme: Scheme) -> str:
    """Return the annotated text on one line, or that there is none."""
    if scheme.is_about_document(verdict.layer):
        return WHOLE_DOCUMENT
    return " ".join(verdict.shown.quote.split()) or "(something missing)"


def subtitle(verdict: Verdict, scheme: Scheme) -> str:
    """Return the label, from what to what, and the other changed fields."""
    annotation, gold = verdict.annotation, verdict.gold
    titles = [scheme.label_title(verdict.layer, item.label) for item in (annotation, gold) if item is not None]
    words = " → ".join(dict.fromkeys(titles))
    fields = [field.title for field in verdict.changes if field.counts and field.id != "label"]
    return " · ".join([words, *fields])


def sentence(verdict: Verdict, *, own: bool) -> str:
    """Return how an annotation was reviewed, as a sentence; `own` if the reader is its annotator."""
    if verdict.fate is ReviewOutcome.KEPT:
        left = [field.title for field in verdict.changes]
        return f"Gold keeps it. It differs in {_listed(left)}, which doesn’t count." if left else "Gold says the same."
    if verdict.fate is ReviewOutcome.CHANGED:
        return f"Gold has a different {_listed([field.title for field in verdict.changes if field.counts])}."
    if verdict.fate is ReviewOutcome.REJECTED:
        return "Gold doesn’t have it."
    if verdict.fate is ReviewOutcome.MISSED:
        return "You had no mark here." if own else "They had no mark here."
    is_put_off = verdict.ruling is not None and verdict.ruling.outcome is Outcome.DEFERRED
    return "The reviewer deferred it." if is_put_off else "Not decided yet."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def ruling_words(ruling: Ruling | None) -> str:
    """Return the kind of decision and its reason, one per line; empty if there is nothing to show."""
    if ruling is None:
        return ""
    lines = [f"Decided: {outcome_words(ruling)}."]
    if ruling.of:
        lines.append(f"{ruling.had} of {ruling.of} annotators had marked something here.")
    if ruling.reason is not None:
        lines.append(f"Reason: {reason_title(ruling.reason)}")
    if ruling.unclear:
        lines.append("Flagged: the guideline is unclear here.")
    return "\n".join(lines)


def rate_words(row: LabelTally) -> str:
    """Return the overturn rate with its n, or why there is none."""
    return f"n/a ({row.why_no_rate})" if row.rate is None else f"{row.rate * 100:.0f}\u00a0% of {row.decided:,}"
