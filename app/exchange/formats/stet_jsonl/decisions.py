"""Reads the decisions of a line of our own JSONL, and separates them from other programs' `decisions`."""

from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.decision import Decision, Outcome, is_gold_name
from app.core.errors import FormatError
from app.exchange import json_lines
from app.exchange.formats.stet_jsonl.checks import InvalidRecord, check_person, check_uid, check_word
from app.exchange.formats.stet_jsonl.wire import DECISION_KEYS, WireDecision, decision_decoder, encoder
from app.exchange.json_lines import JsonLine
from app.exchange.report import Report

_LONGEST_KEY = 10_000
_anything = msgspec.json.Decoder()


class FoundDecisions(NamedTuple):
    """The decisions of a line, with their indices in its list, and the foreign objects among them."""

    ours: list[tuple[int, WireDecision]]
    foreign: list[Any]


def find_decisions(raws: Sequence[msgspec.Raw], line: JsonLine, path: Path, report: Report) -> FoundDecisions:
    """Decode what a line has under `decisions`. An object with an `outcome` must be one of our decisions.

    Raises FormatError for one that is invalid.
    """
    found = FoundDecisions([], [])
    for number, raw in enumerate(raws):
        part = JsonLine(line.number, line.byte, bytes(raw), False)
        try:
            wire = json_lines.decode(part, decision_decoder, path, within=f"decisions[{number}]")
        except FormatError:
            foreign = json_lines.decode(part, _anything, path)
            if isinstance(foreign, dict) and "outcome" in foreign:
                raise
            json_lines.strict(part, path)
            found.foreign.append(foreign)
            continue
        if encoder.encode(wire) != part.data:
            for key in json_lines.strict(part, path).keys() - DECISION_KEYS:
                report.note("unknown", "unknown fields that can't be kept there", f"decisions.{key}")
        found.ours.append((number, wire))
    if found.foreign:
        what = "entries in “decisions” that aren't Stet decisions, kept in the document's “extra”"
        report.note("foreign-decision", what, f"{path}:{line.number}", count=len(found.foreign))
    return found


def with_foreign(extra: dict[str, Any], foreign: list[Any]) -> dict[str, Any]:
    """Return a document's unknown keys with the foreign decisions added, one level down as they are written."""
    if not foreign:
        return extra
    below = {"decisions": foreign, "extra": extra["extra"]} if "extra" in extra else {"decisions": foreign}
    return {**extra, "extra": below}


def checked(found: FoundDecisions, *, document: str, gold: Set[str]) -> tuple[Decision, ...]:
    """Return the decisions on a document (uid) whose gold set contains annotations of these uids. Raises Wrong."""
    seen: set[str] = set()
    for number, wire in found.ours:
        _check(wire, f"decisions[{number}]")
        if wire.id in seen:
            raise InvalidRecord(f"the id {wire.id} is used for two decisions", "give each a unique id")
        seen.add(wire.id)
        if wire.gold is not None and wire.gold not in gold:
            raise InvalidRecord(f"decision {wire.id} is on {wire.gold[:80]}, which isn't in the gold set")
    return tuple(_decision(wire, document) for _, wire in found.ours)


def _check(wire: WireDecision, where: str) -> None:
    check_uid(wire.id, f"the id of {where}")
    _check_layer(wire)
    check_person(wire.reviewer, "a reviewer")
    if is_gold_name(wire.reviewer):
        raise InvalidRecord("“gold” can't be a reviewer's name", "name the person who decided")
    if not wire.key or len(wire.key) > _LONGEST_KEY or "\x00" in wire.key:
        raise InvalidRecord(f"the key of decision {wire.id} is empty or too long")
    for what, uids in (("a source", wire.sources), ("a vote", filter(None, wire.votes.values()))):
        for uid in uids:
            check_uid(uid, f"{what} of decision {wire.id}")
    for what, words in (("kind", wire.kinds), ("label", wire.labels), ("field", wire.fields)):
        for word in words:
            check_word(word, f"a {what} of decision {wire.id}")
    for name in wire.votes:
        check_person(name, "a voter")
    _check_tally(wire)
    for field, supplier in wire.fields.items():
        check_word(supplier, f"who supplied “{field}” in decision {wire.id}")


def _check_tally(wire: WireDecision) -> None:
    for field, counts in (wire.tally or {}).items():
        check_word(field, f"a field of the tally of decision {wire.id}")
        if min(counts.values(), default=0) < 0:
            raise InvalidRecord(f"the tally of decision {wire.id} has a number below 0")


def _check_layer(wire: WireDecision) -> None:
    """Check that a decision is on a layer, or on nothing at all if there is nothing to mark."""
    if wire.outcome is not Outcome.EMPTY:
        check_word(wire.layer, f"the layer of decision {wire.id}")
    elif wire.layer or wire.gold is not None:
        raise InvalidRecord(f"decision {wire.id} is “empty”, but has {'gold' if wire.gold else 'a layer'}")


def _decision(wire: WireDecision, document: str) -> Decision:
    return Decision(
        uid=wire.id,
        document=document,
        layer=wire.layer,
        key=wire.key,
        outcome=wire.outcome,
        reviewer=wire.reviewer,
        time=wire.time,
        kinds=tuple(wire.kinds),
        labels=tuple(wire.labels),
        sources=tuple(wire.sources),
        gold=wire.gold,
        fields=wire.fields,
        votes=wire.votes,
        tally=wire.tally,
        reason=wire.reason,
        note=wire.note,
        unclear=wire.unclear,
        rule=wire.rule,
    )
