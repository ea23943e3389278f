"""Suggestions in our own JSONL: encoding, and validating decoded ones."""

from collections.abc import Sequence, Set

import msgspec
from msgspec import UNSET

from app.core.annotation import Evidence, Fragment, normal_fragments, quote_of
from app.core.json_depth import DEEPEST, is_too_deep
from app.core.names import annotator_key
from app.core.suggestion import Judgement, Sight, Suggested, Suggestion, reading_order
from app.exchange.format import LARGEST
from app.exchange.formats.stet_jsonl.checks import InvalidRecord, check_person, check_uid, check_word
from app.exchange.formats.stet_jsonl.wire import WireEvidence, WireJudgement, WireShown, WireSuggestion, encoder
from app.exchange.report import Report

_LONGEST_REASON = 10_000


def wire_suggestion(item: Suggested) -> WireSuggestion:
    """Return a suggestion as it is written, without its document."""
    s = item.suggestion
    return WireSuggestion(
        id=s.uid,
        maker=s.maker,
        version=s.version,
        layer=s.layer,
        label=s.label,
        start=s.start,
        end=s.end,
        fragments=[(f.start, f.end) for f in s.fragments] if len(s.fragments) > 1 else UNSET,
        quote=s.quote,
        attributes=s.attributes,
        correction=s.correction,
        evidence=[_wire_evidence(evidence) for evidence in s.evidence],
        reason=s.reason,
        score=s.score,
        created=s.created,
        outcomes=[
            WireJudgement(annotator=j.annotator, outcome=j.outcome, time=j.time, annotation=j.annotation)
            for j in item.judgements
        ],
        shown=[WireShown(annotator=shown.annotator, time=shown.time) for shown in item.shown],
    )


_rows = msgspec.json.Decoder(list[WireSuggestion])


def suggestions_json(items: Sequence[Suggested]) -> str:
    """Return suggestions of one document as a JSON array, as a line has them."""
    return encoder.encode([wire_suggestion(item) for item in items]).decode()


def read_suggestions(text: str) -> list[WireSuggestion]:
    """Return what such an array says, unchecked. Raises msgspec.MsgspecError, ValueError or RecursionError."""
    return _rows.decode(text)


def joined(parts: Sequence[Sequence[WireSuggestion]]) -> list[WireSuggestion]:
    """Return suggestions that several have of one document, each once, with the answers of all."""
    found: dict[str, WireSuggestion] = {}
    for wire in (wire for part in parts for wire in part):
        known = found.get(wire.id)
        if known is None:
            found[wire.id] = wire
        else:
            outcomes, shown = [*known.outcomes, *wire.outcomes], [*known.shown, *wire.shown]
            found[wire.id] = msgspec.structs.replace(known, outcomes=outcomes, shown=shown)
    return list(found.values())


def _wire_evidence(evidence: Evidence) -> WireEvidence:
    fragments = evidence.fragments
    return WireEvidence(
        id=evidence.uid,
        document=evidence.document,
        start=evidence.start,
        end=evidence.end,
        fragments=[(f.start, f.end) for f in fragments] if len(fragments) > 1 else UNSET,
        quote=evidence.quote,
        stance=evidence.stance,
        set=evidence.alternative if evidence.alternative != 1 else UNSET,
    )


def checked_suggestions(
    wires: Sequence[WireSuggestion], *, text: str, people: Set[str], place: str, report: Report
) -> tuple[Suggested, ...]:
    """Return the suggestions of a line with this text, in reading order; `people` are the annotators of its sets.

    One whose quote doesn't match the text is kept unchanged and reported. Raises InvalidRecord.
    """
    seen: set[str] = set()
    known = {annotator_key(name) for name in people}
    found: list[Suggested] = []
    for wire in wires:
        check_uid(wire.id, "a suggestion's id")
        if wire.id in seen:
            raise InvalidRecord(f"the id {wire.id} is used for two suggestions", "give each a unique id")
        seen.add(wire.id)
        found.append(Suggested(_suggestion(wire, text, place, report), _judgements(wire, known), _shown(wire, known)))
    return tuple(sorted(found, key=_order))


def _order(item: Suggested) -> tuple[int, int, str]:
    return reading_order(item.suggestion)


def _suggestion(wire: WireSuggestion, text: str, place: str, report: Report) -> Suggestion:
    name = f"suggestion {wire.id}"
    for word, what in ((wire.maker, "maker"), (wire.layer, "layer"), (wire.label, "label")):
        check_word(word, f"the {what} of {name}")
    if wire.version:
        check_word(wire.version, f"the version of {name}")
    if len(wire.reason) > _LONGEST_REASON:
        raise InvalidRecord(f"the reason of {name} is too long", f"the maximum is {_LONGEST_REASON:,} characters")
    if wire.score is not None and not 0 <= wire.score <= 1:
        raise InvalidRecord(f"the score of {name} is {wire.score:g}", "use a number from 0 to 1, or leave it out")
    if is_too_deep(wire.attributes):
        raise InvalidRecord(f"{name} is nested too deeply", f"the maximum is {DEEPEST} levels")
    fragments = _fragments(wire, length=len(text), what=name)
    actual = quote_of(text, fragments)
    quote = actual if wire.quote is UNSET else wire.quote
    if quote != actual:
        what = "suggestions whose quote doesn't match the text, kept unchanged"
        report.note("suggestion-quote", what, f"{place}: “{quote[:40]}”")
    return Suggestion(
        uid=wire.id,
        maker=wire.maker,
        version=wire.version,
        layer=wire.layer,
        label=wire.label,
        fragments=fragments,
        quote=quote,
        attributes=wire.attributes,
        correction=wire.correction,
        evidence=tuple(_evidence(wire, number, item) for number, item in enumerate(wire.evidence, 1)),
        reason=wire.reason,
        score=wire.score,
        created=wire.created,
    )


def _fragments(wire: WireSuggestion | WireEvidence, *, length: int, what: str) -> tuple[Fragment, ...]:
    ranges = [(wire.start, wire.end)] if wire.fragments is UNSET else wire.fragments
    try:
        fragments = normal_fragments(ranges, length=length)
    except ValueError as error:
        raise InvalidRecord(f"{what}: {error}", "count code points from 0; the end isn't included") from error
    if (fragments[0].start, fragments[-1].end) != (wire.start, wire.end):
        raise InvalidRecord(f"{what}: start and end don't match its fragments", "use the first start and the last end")
    return fragments


def _evidence(suggestion: WireSuggestion, number: int, wire: WireEvidence) -> Evidence:
    what = f"evidence {number} of suggestion {suggestion.id}"
    uid = wire.id or f"{suggestion.id}.{number}"
    check_uid(uid, f"the id of {what}")
    check_uid(wire.document, f"the document of {what}")
    fragments = _fragments(wire, length=LARGEST, what=what)
    return Evidence(
        uid=uid,
        document=wire.document,
        fragments=fragments,
        quote=wire.quote,
        stance=wire.stance,
        alternative=1 if wire.set is UNSET else wire.set,
    )


def _judgements(wire: WireSuggestion, people: Set[str]) -> tuple[Judgement, ...]:
    seen: set[str] = set()
    found: list[Judgement] = []
    for item in wire.outcomes:
        check_person(item.annotator, "an annotator")
        key = annotator_key(item.annotator)
        if key not in people:
            what = f"“{item.annotator[:40]}” decided on suggestion {wire.id} and has no set in the document"
            raise InvalidRecord(what, "give them one, with no annotations if there are none")
        if key in seen:
            raise InvalidRecord(f"“{item.annotator[:40]}” decided on suggestion {wire.id} twice", "keep one of them")
        seen.add(key)
        if item.annotation is not None:
            check_uid(item.annotation, f"the annotation of suggestion {wire.id}")
        found.append(
            Judgement(
                suggestion=wire.id,
                annotator=item.annotator,
                outcome=item.outcome,
                time=item.time,
                annotation=item.annotation,
            )
        )
    return tuple(found)


def _shown(wire: WireSuggestion, people: Set[str]) -> tuple[Sight, ...]:
    found: dict[str, Sight] = {}
    for item in wire.shown:
        check_person(item.annotator, "an annotator")
        key = annotator_key(item.annotator)
        if key not in people:
            what = f"suggestion {wire.id} was shown to “{item.annotator[:40]}”, who has no set in the document"
            raise InvalidRecord(what, "give them one, with no annotations if there are none")
        if key in found:
            raise InvalidRecord(f"suggestion {wire.id} was shown to “{item.annotator[:40]}” twice", "keep the first")
        found[key] = Sight(suggestion=wire.id, annotator=item.annotator, time=item.time)
    return tuple(found.values())
