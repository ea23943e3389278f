"""Editing a document's text for scripts: the new text, what becomes of the marks in words, and as plain values."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app.core.annotation import Fragment
from app.core.byte_order_mark import known_encoding
from app.core.errors import BadChoice, FormatError
from app.core.text_change import Splice, TextChange
from app.core.wording import counted, shorten
from app.exchange.formats.text import text_document
from app.services.texts.text_edit import Choices
from app.services.texts.text_survey import EditedText, LostRange, Reworded

KEEP, MOVE, ANCHOR, DELETE = "keep", "move", "anchor", "delete"
LOST_CHOICES = (KEEP, MOVE, ANCHOR, DELETE)
_MOST_NAMED = 20
_QUOTE = 60


def replaced(text: str, pairs: Sequence[tuple[str, str]], *, every: bool = False) -> TextChange:
    """Return the change that replaces each old text of the pairs with the new one, where it occurs.

    Raises BadChoice for one that doesn't occur, that occurs several times without `every`, or that overlaps another.
    """
    splices: list[Splice] = []
    for old, new in pairs:
        if not old:
            raise BadChoice("there is nothing to replace", hint="give the text to replace, then the new one")
        found = list(_places(text, old))
        if not found:
            hint = "it must be exactly as in the text, line ends and spaces too"
            raise BadChoice(f"“{shorten(old)}” isn't in the text", hint=hint)
        if len(found) > 1 and not every:
            hint = "add more of the text around it, or replace every one with --every"
            raise BadChoice(f"“{shorten(old)}” is in the text {len(found):,} times", hint=hint)
        splices += (Splice(start, start + len(old), new) for start in found)
    splices.sort(key=_start)
    for before, after in zip(splices, splices[1:], strict=False):
        if after.start < before.end:
            words = shorten(text[after.start : before.end])
            raise BadChoice(f"two of the texts to replace overlap in “{words}”", hint="replace them one by one")
    return TextChange.refined(text, splices)


def _start(splice: Splice) -> int:
    return splice.start


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + len(words))


def from_file(text: str, path: Path, *, encoding: str | None = None) -> TextChange:
    """Return the change that leads to the text of a file. Raises FormatError, and BadChoice for an unknown encoding."""
    new = text_document(path, path.name, known_encoding(encoding) if encoding is not None else None).text
    if not new.strip():
        raise FormatError("the file is empty", hint="a document needs a text", path=path)
    return TextChange.between(text, new)


def choices_for(lost: Sequence[LostRange], choice: str) -> Choices:
    """Return the choices that do the same with all lost ranges; evidence can't be an anchor, and stays undecided."""
    if choice == DELETE:
        return {item.key: None for item in lost}
    if choice == MOVE:
        return {item.key: item.place for item in lost if _is_text(item)}
    if choice == ANCHOR:
        return {item.key: anchor_of(item) for item in lost if item.evidence is None}
    return {}


def anchor_of(lost: LostRange) -> tuple[Fragment, ...]:
    """Return the place of a lost mark as an anchor."""
    return (Fragment(lost.place[0].start, lost.place[0].start),)


def _is_text(lost: LostRange) -> bool:
    return any(fragment.start < fragment.end for fragment in lost.place)


class TextEditReport(NamedTuple):
    """What an edit of a text did, or would do, in words and as values. `decided` lost ranges aren't left to decide."""

    edit: EditedText
    decided: int
    dry_run: bool

    @property
    def left(self) -> int:
        """The number of lost marks and pieces of evidence that are still to be decided."""
        return len(self.edit.lost) - self.decided

    def headline(self) -> str:
        """Return the result in one line."""
        places = counted(len(self.edit.change.splices), "place")
        done = "would be edited" if self.dry_run else "edited"
        return f"the text of “{self.edit.document.title}” {done} in {places}"

    def counts(self) -> list[str]:
        """Return how many marks have what fate, a line each."""
        edit = self.edit
        reworded = [item for item in edit.reworded if not item.is_evidence]
        changed = len(edit.reworded) - len(reworded)
        lost = sum(item.evidence is None for item in edit.lost)
        lost_evidence = len(edit.lost) - lost
        lines = [
            f"marks that keep their words: {edit.kept + edit.moved:,}, {edit.moved:,} of them moved",
            f"marks with other words: {len(reworded):,}" if reworded else "",
            f"marks whose words are gone: {lost:,}" if lost else "",
            f"evidence in this text that keeps its words: {edit.evidence:,}" if edit.evidence else "",
            f"evidence with other words: {changed:,}" if changed else "",
            f"evidence whose words are gone: {lost_evidence:,}" if lost_evidence else "",
            f"finished documents that are open again: {len(edit.reopened):,}" if edit.reopened else "",
            f"decisions to review again: {edit.stale:,}" if edit.stale else "",
            f"suggestions no longer offered: {edit.suggestions:,}" if edit.suggestions else "",
        ]
        return [line for line in lines if line]

    def lines(self) -> list[str]:
        """Return the whole report in words."""
        edit = self.edit
        lines = [*self.counts(), *_named("with other words:", [reworded_line(item) for item in edit.reworded])]
        lines += _named("whose words are gone:", [lost_line(item) for item in edit.lost])
        lines += _named("open again:", [f"{item.title}, {item.annotator}" for item in edit.reopened])
        if edit.out:
            lines.append(out_line(edit))
        if self.left:
            lines.append(
                f"still to decide: {self.left:,}; until then they keep their words, which don’t match the text"
            )
        return [self.headline(), *lines]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON. Offsets are code points, of the old text in `changes`."""
        edit = self.edit
        return {
            "dry_run": self.dry_run,
            "document": edit.document.uid,
            "document_name": edit.document.name,
            "changes": [
                {"start": s.start, "end": s.end, "old": edit.change.old[s.start : s.end], "new": s.text}
                for s in edit.change.splices
            ],
            "kept": edit.kept,
            "moved": edit.moved,
            "evidence": edit.evidence,
            "reworded": [item._asdict() for item in edit.reworded],
            "lost": [lost_dict(item) for item in edit.lost],
            "undecided": self.left,
            "reopened": [item._asdict() for item in edit.reopened],
            "decisions_to_review": edit.stale,
            "suggestions_withdrawn": edit.suggestions,
            "bundles_out": list(edit.out),
        }


def reworded_line(item: Reworded, *, label: str = "", home: str = "") -> str:
    """Return a mark with its old and its new words; `label` is what its label is called, `home` a document's title that
    needn't be said.
    """
    what = f"evidence of {label or item.label}" if item.is_evidence else label or item.label
    words = f"“{shorten(item.before, _QUOTE)}” → “{shorten(item.after, _QUOTE)}”"
    return f"{what}: {words}  ({_whose(item, home)})"


def lost_line(item: LostRange, *, label: str = "", home: str = "") -> str:
    """Return a lost mark, or piece of evidence, with the words that it had; `label` and `home` as for other words."""
    name = label or item.annotation.label
    what = f"evidence of {name}" if item.evidence is not None else name
    return f"{what}: “{shorten(item.quote, _QUOTE)}”  ({_whose(item, home)})"


def _whose(item: Reworded | LostRange, home: str) -> str:
    return item.annotator if item.title == home else f"{item.title}, {item.annotator}"


def out_line(edit: EditedText) -> str:
    """Return who has a bundle with the text as it was, and what that means."""
    names = ", ".join(edit.out)
    return f"bundles that are out have the earlier text, their marks are moved when they are merged: {names}"


def _named(title: str, rows: Sequence[str]) -> list[str]:
    more = [f"  and {len(rows) - _MOST_NAMED:,} more; --json has them all"] if len(rows) > _MOST_NAMED else []
    return [title, *(f"  {row}" for row in rows[:_MOST_NAMED]), *more] if rows else []


def lost_dict(item: LostRange) -> dict[str, Any]:
    """Return a lost mark, or piece of evidence, as plain values; `place` is what stands there now, in code points."""
    return {
        "annotation": item.annotation.uid,
        "evidence": item.evidence.uid if item.evidence is not None else None,
        "document": item.owner,
        "document_title": item.title,
        "annotator": item.annotator,
        "layer": item.annotation.layer,
        "label": item.annotation.label,
        "quote": item.quote,
        "place": [[fragment.start, fragment.end] for fragment in item.place],
    }
