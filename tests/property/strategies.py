"""Texts that hurt, and edits that fit the state they are drawn for."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from app.core import edits
from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status, quote_of
from app.core.document import Document
from app.core.ids import new_uid
from app.core.state import DocumentState

_WHILE = 60


def examples(usual: int) -> settings:
    """Return settings for a test whose examples take long, and so are fewer: as many as this where others try 60."""
    return settings(max_examples=max(1, usual * settings.default.max_examples // _WHILE))


# What counts twice in UTF-16, what belongs together, and what a text widget would rewrite.
CLUSTERS = (
    *("a", "b", "Z", " ", ".", "\n", "\r\n", "\t", "ß", "İ", "é", "e\u0301\u0323"),
    *("\u00a0", "\u2028", "\ufeff", "\ufdd0", "\u202e", "\u200d", "\ue000", "\uffff", "سلام", "漢字"),
    *("👩\u200d👩\u200d👧\u200d👦", "🇺🇦", "👍🏽", "𝔘", "😀", "\U0010ffff"),
)
texts = st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=30).map("".join)
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)

_LABELS = (("error", "TERM"), ("error", "NOTE"), ("entity", "PERSON"), ("article", "SPUN"))
_ABOUT = "article"  # a layer about the document as a whole: each of its annotations is an anchor at the start
_CHAIN = "same"


# A value of each kind of field.
_FIELDS = {"many": ["a", "b"], "number": 2.5, "day": "2026-03-31", "who": {"id": "Q1", "title": "Ana"}, "free": "😀"}


@st.composite
def fragments(draw: st.DrawFn, text: str, *, anchors: bool = True) -> tuple[Fragment, ...]:
    """Draw one to three fragments in order and apart; some are anchors."""
    count = draw(st.integers(1, 3))
    least = 0 if anchors else 1
    bounds = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2 * count, max_size=2 * count)))
    pairs = [Fragment(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if end - start >= least]
    return tuple(dict.fromkeys(pairs)) or (Fragment(0, max(1, least)),)


@st.composite
def evidence_in_sets(draw: st.DrawFn, reference: Document) -> tuple[Evidence, ...]:
    """Draw one to three alternative sets of evidence with one to three pieces, in order of their numbers."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    found: list[Evidence] = []
    for alternative in (number for number, size in enumerate(sizes, 1) for _ in range(size)):
        where = draw(fragments(reference.text, anchors=False))
        quote, stance = quote_of(reference.text, where), draw(st.sampled_from(Stance))
        found.append(
            Evidence(
                uid=new_uid(),
                document=reference.uid,
                fragments=where,
                quote=quote,
                stance=stance,
                alternative=alternative,
            )
        )
    return tuple(found)


def chained(uids: Sequence[str]) -> list[Relation]:
    """Return the links that join annotations (uids) to a chain, from each to the next."""
    return [Relation(uid=new_uid(), source=a, target=b, label=_CHAIN) for a, b in pairwise(uids)]


@st.composite
def annotations(draw: st.DrawFn, text: str, *, reference: Document | None = None, uid: str | None = None) -> Annotation:
    """Draw an annotation of a text or about it as a whole, with every field filled now and then."""
    layer, label = draw(st.sampled_from(_LABELS))
    parts = draw(fragments(text)) if layer != _ABOUT else (Fragment(0, 0),)
    proofs: tuple[Evidence, ...] = ()
    if reference is not None and draw(st.booleans()):
        proofs = draw(evidence_in_sets(reference))
    return Annotation(
        uid=uid or new_uid(),
        layer=layer,
        label=label,
        fragments=parts,
        quote=quote_of(text, parts),
        attributes=draw(st.sampled_from([{}, {"severity": "major"}, {"confidence": "unsure", "flag": True}, _FIELDS])),
        correction=draw(st.sampled_from([None, "", "putting right", "😀 “”"])),
        comment=draw(st.sampled_from(["", "a comment\nof two lines"])),
        evidence=proofs,
        extra=draw(st.sampled_from([{}, {"score": 0.5, "tags": ["a", None]}])),
    )


@st.composite
def relations(draw: st.DrawFn, source: str, target: str, uid: str) -> Relation:
    """Draw a relation between two annotations (uids)."""
    return Relation(
        uid=uid,
        source=source,
        target=target,
        label=draw(st.sampled_from([_CHAIN, "caused by"])),
        attributes=draw(st.sampled_from([{}, {"sure": False, "since": "2026-03"}, _FIELDS])),
        comment=draw(st.sampled_from(["", "a comment\nof two lines"])),
    )


def draw_edit(draw: Any, state: DocumentState, *, reference: Document | None = None, depth: int = 0) -> edits.Edit:
    """Draw an edit that the state accepts. `draw` is a composite's, or that of `st.data()`."""
    text = state.document.text
    free = [uid for uid in state.annotations if not any(uid in (t.source, t.target) for t in state.relations.values())]
    kinds = ["add", "add", "add", "status"]
    kinds += ["replace", "comment", "comment all", "remove all"] if state.annotations else []
    kinds += ["remove"] if free else []
    kinds += ["add-relation", "chain"] if len(state.annotations) > 1 else []
    kinds += ["remove-relation", "replace-relation"] if state.relations else []
    kinds += ["batch"] if depth < 2 else []
    kind = draw(st.sampled_from(kinds))
    if kind == "add":
        return edits.AddAnnotation(draw(annotations(text, reference=reference)))
    if kind == "status":
        return edits.SetStatus(draw(st.sampled_from(Status)))
    if kind == "comment all":
        said = draw(st.sampled_from(["", "said of all"]))
        old = state.annotations.values()
        return edits.Batch(tuple(edits.ReplaceAnnotation(msgspec.structs.replace(a, comment=said)) for a in old))
    if kind == "remove all":
        ties = [edits.RemoveRelation(uid) for uid in sorted(state.relations)]
        return edits.Batch((*ties, *(edits.RemoveAnnotation(uid) for uid in sorted(state.annotations))))
    if kind == "replace":
        uid = draw(st.sampled_from(sorted(state.annotations)))
        return edits.ReplaceAnnotation(draw(annotations(text, reference=reference, uid=uid)))
    if kind == "comment":
        old = state.annotations[draw(st.sampled_from(sorted(state.annotations)))]
        return edits.ReplaceAnnotation(msgspec.structs.replace(old, comment=draw(st.sampled_from(["", "said", "😀"]))))
    if kind == "remove":
        return edits.RemoveAnnotation(draw(st.sampled_from(sorted(free))))
    if kind == "chain":
        uids = draw(st.lists(st.sampled_from(sorted(state.annotations)), min_size=2, max_size=30, unique=True))
        return edits.Batch(tuple(map(edits.AddRelation, chained(uids))))
    if kind.endswith("-relation"):
        return _draw_relation_edit(draw, state, kind)
    return _draw_batch(draw, state, reference, depth)


def _draw_relation_edit(draw: Any, state: DocumentState, kind: str) -> edits.Edit:
    if kind == "add-relation":
        source, target = draw(st.permutations(sorted(state.annotations)))[:2]
        return edits.AddRelation(draw(relations(source, target, new_uid())))
    old = state.relations[draw(st.sampled_from(sorted(state.relations)))]
    if kind == "remove-relation":
        return edits.RemoveRelation(old.uid)
    return edits.ReplaceRelation(draw(relations(*draw(st.permutations(old.ends)), old.uid)))


def _draw_batch(draw: Any, state: DocumentState, reference: Document | None, depth: int) -> edits.Batch:
    parts: list[edits.Edit] = []
    for _ in range(draw(st.integers(0, 5))):
        part = draw_edit(draw, state, reference=reference, depth=depth + 1)
        state = edits.apply(state, part).state
        parts.append(part)
    return edits.Batch(tuple(parts))


# -- texts that hurt a screen ------------------------------------------------------------------------------------------

# Each of these is one character to a reader: no mark may begin or end inside of it.
WHOLE = (
    *(
        "👩\u200d👩\u200d👧\u200d👦",
        "👍🏽",
        "🇺🇦",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e007f",
        "𝔘",
        "\U0010ffff",
    ),
    *("e\u0301\u0323", "Z\u0351\u036b\u0343\u036a\u0302", "カ\u3099", "\u1112\u1161\u11ab", "한", "𠀀", "\u05dc\u05b0"),
    *("कि", "को", "กำ", "ที่", "\u0628\u0650", "\r\n"),
)
_WORDS = (
    *(
        "a",
        "word",
        "fi",
        "ffi",
        "AV",
        "İ",
        "ß",
        "don’t",
        "1,204.5",
        "U.S.",
        "(",
        ")",
        ".",
        "“",
        " ",
        "\u00a0",
        "\u3000",
    ),
    *("漢字", "かな", "。", "中文没有空格", "한글", "ภาษาไทย", "क्षत्रिय", "हिन्दी"),
    *("سلام", "الله", "پارسی", "می\u200cخواهم", "٣٤", "\u0640", "؟", "שלום", "עִבְרִית", "word" * 30),
)
_SIGNS = (
    *("\u202e", "\u202b", "\u202c", "\u200e", "\u200f", "\u2066", "\u2067", "\u2068", "\u2069"),
    *("\x01", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\x0b", "\x0c", "\t", "\u2028", "\u200b", "\u200d"),
    *("\ufeff", "\ufdd0", "\uffff", "\ufffc", "\u00ad", "\ue000"),
)
_LINE_ENDS = ("\n", "\r\n", "\r", "\u2029")
hostile_pieces = st.lists(st.sampled_from((*WHOLE, *_WORDS, *_SIGNS, *_LINE_ENDS)), min_size=1, max_size=16)
