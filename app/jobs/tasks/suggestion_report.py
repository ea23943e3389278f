"""What became of the suggestions of a project, counted over all documents."""

from collections.abc import Iterator
from typing import Any

from app.core.names import annotator_key
from app.core.progress import CancelToken, Progress, no_progress
from app.core.project_option import CONTROL_SHARE, is_control, share_of
from app.core.wording import rounded
from app.review.suggestion_report import GroupCounts, SuggestionTally
from app.session.session import Session
from app.suggesters.maker_titles import title_of


def suggestion_tally(session: Session) -> SuggestionTally:
    """Return a tally for a project, with nothing counted yet."""
    share = share_of(session.reader.project_option(CONTROL_SHARE))

    def controlled(document: str, annotator: str) -> bool:
        return is_control(document, annotator_key(annotator), share)

    return SuggestionTally(controlled)


def report_suggestions(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> SuggestionTally:
    """Count what became of all suggestions. Raises ProjectError and Cancelled."""
    tally = suggestion_tally(session)
    total = session.reader.documents.count()
    for number, record in enumerate(session.reader.records(), 1):
        if cancel is not None:
            cancel.raise_if_cancelled()
        tally.add(record)
        progress(number, total, f"{number:,} documents")
    return tally


def report_rows(tally: SuggestionTally) -> Iterator[dict[str, Any]]:
    """Yield the report as JSON-compatible rows; resources/help/suggestions.md documents them."""
    retired = {(maker, version) for maker, version, _ in tally.retired()}
    for key, counts in tally.counts().items():
        share, answers = counts.answers.share, counts.answers
        yield {
            "kind": "suggester",
            "suggester": key.maker,
            "title": title_of(key.maker),
            "version": key.version,
            "layer": key.layer,
            "label": key.label,
            "suggested": counts.suggested,
            "shown": counts.shown,
            "accepted": counts.accepted,
            "edited": counts.edited,
            "rejected": counts.rejected,
            "open": counts.open,
            "answered": round(answers.of),
            "precision": None if share is None else rounded(share),
            "gold": counts.gold,
            "proposed": counts.proposed,
            "recall": None if counts.recall is None else rounded(counts.recall),
            "retired": (key.maker, key.version) in retired,
        }
    for group, counts in (("shown", tally.shown_to), ("control", tally.control)):
        if tally.control.sets:
            yield {"kind": "group", "group": group, **_group(counts)}


def _group(counts: GroupCounts) -> dict[str, Any]:
    measures = {
        "marks_per_1000_words": counts.marks_per_1000,
        "seconds_per_1000_words": counts.seconds_per_1000,
        "gold_f1": counts.gold_f1,
    }
    return {
        "sets": counts.sets,
        "words": counts.words,
        "marks": counts.marks,
        **{key: None if value is None else rounded(value) for key, value in measures.items()},
    }
