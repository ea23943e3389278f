"""Relations are drawn as arcs that keep clear of words and of each other, and choosing a mark moves no text."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.core.annotation import Relation
from app.core.edits import AddAnnotation, AddRelation, RemoveRelation, ReplaceRelation, apply
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.ui import theme
from app.ui.editor.arcs import Arc, ArcEnd, MetEnd, ShownArcs, arc_line
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.gutter_lanes import GutterLanes
from app.ui.editor.highlights import AnnotationHighlights
from app.ui.editor.layout import TextLayout
from app.ui.editor.relation_arcs import RelationArcs
from tests.property.strategies import annotations, draw_edit, texts
from tests.unit.build import annotation, document
from tests.widget.editor.canvases import Highlights, laid_out, mark, style

SCHEME = parse_scheme(
    """
name = "ties"
version = 1
title = "Ties"
[[layer]]
id = "entity"
[[layer.label]]
id = "PERSON"
[[layer]]
id = "about"
kind = "document"
[[layer.label]]
id = "SOUND"
[[relation]]
id = "knows"
color = "#0072B2"
[[relation]]
id = "same"
chain = true
"""
)
TEXT = "Ana knows Bo and Carla, as Dora does. " * 4
WIDTH = 420.0


def ends_of(pairs: Sequence[tuple[int, int, int, int]]) -> list[MetEnd]:
    """Return the ends of arcs between marks at places in a line; one at a negative place isn't in it."""
    found: list[MetEnd] = []
    for at, (source, target, wide, badge) in enumerate(pairs):
        ends = [ArcEnd(f"m{place}", place, place + 1) for place in (source, target)]
        arc = Arc(f"r{at}", *ends, "x" * badge, "#0072B2", head=True)
        for is_source, place in ((True, source), (False, target)):
            if place >= 0 and source != target:
                found.append(MetEnd(arc, is_source, float(place), float(place + wide), float(badge)))
    return found


pairs = st.tuples(st.integers(-50, 380), st.integers(0, 380), st.integers(1, 40), st.integers(5, 60))
lines = st.lists(pairs, min_size=1, max_size=7).map(ends_of).filter(bool)


@given(lines, st.booleans())
def test_arcs_of_one_lane_do_not_meet(ends: list[MetEnd], leftward: bool) -> None:
    line = arc_line(ends, width=WIDTH, leftward=leftward, all_at_once=True)
    pieces = line.pieces(lambda _: True)
    assert {arc.uid for piece in pieces for arc in piece.arcs} == {end.arc.uid for end in ends}
    crowded = [piece for piece in pieces if piece.label != piece.arcs[0].badge]
    spans: dict[int, list[tuple[float, float]]] = {}
    for piece in pieces:
        if piece not in crowded:
            margin = WIDTH if leftward else 0.0
            ends_at = [piece.x, piece.other if piece.other is not None else margin]
            spans.setdefault(piece.lane, []).append((min(ends_at), max(ends_at)))
    badge = {end.arc.uid: end.badge for end in ends}
    assert all(0 <= p.label_left <= max(0.0, WIDTH - badge[p.arcs[0].uid]) for p in pieces if p not in crowded)
    for found in spans.values():
        found.sort()
        assert all(a[1] <= b[0] for a, b in zip(found, found[1:], strict=False))
    assert [piece.label for piece in crowded if piece.label] == ([f"+{len(crowded)}"] if crowded else [])
    assert line.lanes <= 6


def test_arcs_that_find_no_lane_over_a_line_are_counted() -> None:
    ends = ends_of([(10 + at, 380 - at, 1, 20) for at in range(9)])
    pieces = arc_line(ends, width=WIDTH, leftward=False, all_at_once=True).pieces(lambda _: True)
    assert sorted(piece.lane for piece in pieces) == [0, 1, 2, 3, 4, 5, 5, 5, 5]
    assert sorted(piece.label for piece in pieces) == ["", "", "+3", *["x" * 20] * 6]


@given(lines)
def test_the_arcs_of_one_mark_have_the_room_that_is_kept(ends: list[MetEnd]) -> None:
    line = arc_line(ends, width=WIDTH, leftward=False, all_at_once=False)
    for owner in {owner for end in ends for owner in end.arc.owners}:
        pieces = line.pieces(lambda arc, owner=owner: owner in arc.owners)
        assert max((piece.lane for piece in pieces), default=0) < line.lanes


def run_of(uid: str, low: int, high: int, *, head: bool = True, chain: bool = False, badge: str = "is") -> Arc:
    ends = ArcEnd(f"m{low}", low, low + 1), ArcEnd(f"m{high}", high, high + 1)
    return Arc(uid, *ends, badge, "#0072B2", head, chain)


def test_arcs_in_the_margin_do_not_cover_each_other() -> None:
    lanes = GutterLanes(4)
    arcs = [run_of(f"r{low}", low, high) for low, high in ((0, 15), (10, 25), (15, 30), (20, 35))]
    found = [lanes.lane(arc) for arc in arcs]
    assert found == [0, 1, 0, 2]  # the third begins where the first ends
    assert [lanes.lane(arc) for arc in arcs] == found


def test_arcs_of_one_mark_and_type_share_a_line_in_the_margin() -> None:
    lanes = GutterLanes(8)
    tree = [lanes.lane(run_of(f"r{at}", 0, 10 * at + 10)) for at in range(50)]
    assert set(tree) == {0}
    assert lanes.lane(run_of("other", 5, 100)) == 1
    assert lanes.lane(run_of("into", 8, 100)) == 1  # of the same mark as the other one, but not of the tree
    assert lanes.lane(run_of("kind", 0, 30, badge="was")) == 2
    assert lanes.lane(run_of("both ways", 0, 40, head=False)) == 3
    assert lanes.lane(run_of("as well", 0, 50, head=False)) == 4  # one line wouldn't tell who belongs to whom


def test_links_of_one_chain_share_a_line_and_of_two_do_not() -> None:
    lanes = GutterLanes(8)
    links = {pair: run_of(str(pair), *pair, head=False, chain=True) for pair in ((0, 50), (20, 50), (20, 80), (30, 60))}
    assert [lanes.lane(link) for link in links.values()] == [0, 0, 0, 1]
    lanes.forget([links[20, 50].uid])  # now there are two chains in that lane, one over the other
    assert sorted(lanes.lane(links[pair]) for pair in ((0, 50), (20, 80), (30, 60))) == [0, 1, 2]


def test_what_finds_no_lane_runs_in_the_last_one() -> None:
    lanes = GutterLanes(3)
    arcs = [run_of(f"r{at}", at, 50 - at) for at in range(5)]
    found = [lanes.lane(arc) for arc in arcs]
    assert found == [0, 1, 2, 2, 2]
    assert [lanes.is_crowd(lane) for lane in found] == [False, False, True, True, True]
    lanes.keep(frozenset({"r1", "r3"}))
    assert [lanes.lane(arcs[at]) for at in (1, 3, 2)] == [1, 2, 0]


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 20), st.sampled_from(["tree", "line", "chain"])), max_size=25
    ),
    st.lists(st.integers(0, 24), max_size=10),
)
def test_arcs_that_share_a_line_belong_together(drawn: list[tuple[int, int, str]], gone: list[int]) -> None:
    lanes = GutterLanes(4)
    arcs = [
        run_of(f"r{at}", low, low + long, head=kind == "tree", chain=kind == "chain", badge=kind)
        for at, (low, long, kind) in enumerate(drawn)
    ]
    for arc in arcs:
        lanes.lane(arc)
    lanes.forget([f"r{at}" for at in gone])
    left = [arc for at, arc in enumerate(arcs) if at not in gone]
    found = {arc.uid: lanes.lane(arc) for arc in left}
    for at, one in enumerate(left):
        for other in left[at + 1 :]:
            (a, b), (c, d) = one.hull, other.hull
            if found[one.uid] == found[other.uid] < 3 and a < d and b > c:
                assert one.badge == other.badge != "line"
                if one.head:
                    assert one.source == other.source or one.target == other.target


# -- over a text -------------------------------------------------------------------------------------------------------


def related(*pairs: tuple[str, str, str]) -> DocumentState:
    """Return a text with a mark on the first of each name, and relations."""
    names = ("Ana", "Bo", "Carla", "Dora")
    spans = {name: (TEXT.index(name), TEXT.index(name) + len(name)) for name in names}
    last = TEXT.rindex("Dora")
    marks = [annotation(TEXT, span, uid=name, layer="entity", label="PERSON") for name, span in spans.items()]
    marks.append(annotation(TEXT, (last, last + 4), uid="last", layer="entity", label="PERSON"))
    ties = [Relation(uid=f"r{at}", source=a, label=label, target=b) for at, (a, label, b) in enumerate(pairs)]
    return DocumentState.of(document(TEXT), annotator="ana", annotations=marks, relations=ties)


def layout_of(state: DocumentState, *, all_arcs: bool = False) -> TextLayout:
    arcs = RelationArcs()
    arcs.read(state, SCHEME)
    layout = laid_out(TEXT, *(mark(a.start, a.end, uid=a.uid) for a in state.in_order()), width=WIDTH)
    layout.arcs, layout.all_arcs = arcs, all_arcs
    return layout


CROWD = [("Ana", "knows", "Bo"), ("Bo", "knows", "Carla"), ("Ana", "knows", "Dora"), ("Carla", "knows", "last")]


@pytest.mark.parametrize("all_arcs", [False, True])
@pytest.mark.usefixtures("qapp")
def test_arcs_lie_between_the_lines(all_arcs: bool) -> None:
    block = layout_of(related(*CROWD), all_arcs=all_arcs).block(0)
    for uid in ("r0", "r1", "r2", "r3") if not all_arcs else ("",):
        placed = block.pieces(ShownArcs(all=not uid, uids=frozenset({uid})))
        assert placed
        for item in placed:
            row = item.badge.height()
            assert not any(
                item.y - row / 2 < at.top + at.text_height and item.y + row / 2 > at.top for at in block.lines
            )
            assert any(item.foot == line.top for line in block.lines)
            assert not any(item.badge.intersects(other.rect) for other in block.badges)


@pytest.mark.usefixtures("qapp")
def test_a_text_without_relations_is_laid_out_as_ever() -> None:
    without = laid_out(TEXT, *(mark(a.start, a.end, uid=a.uid) for a in related().in_order()), width=WIDTH)
    assert layout_of(related()).block(0).height == without.block(0).height
    assert layout_of(related(*CROWD)).block(0).height > without.block(0).height
    assert layout_of(related(*CROWD), all_arcs=True).block(0).height > layout_of(related(*CROWD)).block(0).height


def test_arcs_follow_every_edit() -> None:
    state = related(*CROWD[:2])
    arcs = RelationArcs()
    arcs.read(state, SCHEME)
    for edit in (
        AddRelation(Relation(uid="r9", source="Dora", target="Ana", label="same")),
        ReplaceRelation(Relation(uid="r0", source="Bo", target="Ana", label="knows")),
        RemoveRelation("r1"),
    ):
        done = apply(state, edit)
        spans = arcs.follow(done.change, done.state)
        state = done.state
        fresh = RelationArcs()
        fresh.read(state, SCHEME)
        assert spans
        for owner in state.annotations:
            assert list(arcs.arcs_of(owner)) == list(fresh.arcs_of(owner))


@given(st.data())
def test_arcs_are_the_same_followed_or_read_anew(data: st.DataObject) -> None:
    text = data.draw(texts)
    state = DocumentState.of(document(text), annotator="ana")
    arcs = RelationArcs()
    arcs.read(state, SCHEME)
    for _ in range(data.draw(st.integers(1, 8))):
        done = apply(state, draw_edit(data.draw, state))
        arcs.follow(done.change, done.state)
        state = done.state
        for owner in state.annotations:
            arcs.arcs_of(owner)  # made now, so that it may be stale later
        arcs.arcs_past(1, 2, ShownArcs(all=True))
    fresh = RelationArcs()
    fresh.read(state, SCHEME)
    for owner in state.annotations:
        assert list(arcs.arcs_of(owner)) == list(fresh.arcs_of(owner))
        assert arcs.related(owner) == fresh.related(owner)
        assert arcs.problems_of(owner) == fresh.problems_of(owner)
    made = {uid: arc for owner in state.annotations for arc in arcs.arcs_of(owner) for uid in [arc.uid]}
    for start in range(len(text)):
        past = [arc.uid for arc in made.values() if arc.hull[0] < start and arc.hull[1] >= start + 1]
        for shown in (ShownArcs(all=True), ShownArcs(uids=frozenset(made))):
            assert sorted(arc.uid for arc in arcs.arcs_past(start, start + 1, shown)) == sorted(past)


@pytest.mark.usefixtures("qapp")
@settings(deadline=None)
@given(st.data())
def test_every_arc_has_its_place_in_any_text(data: st.DataObject) -> None:
    text = data.draw(st.lists(texts, min_size=1, max_size=8).map(" ".join))
    state = DocumentState.of(document(text), annotator="ana")
    for number in range(4):
        state = apply(state, AddAnnotation(data.draw(annotations(text, uid=f"m{number}")))).state
    for number, (a, b) in enumerate(data.draw(st.lists(st.permutations(range(4)).map(tuple_of_two), max_size=5))):
        tie = Relation(uid=f"r{number}", source=f"m{a}", target=f"m{b}", label="knows")
        state = apply(state, AddRelation(tie)).state
    arcs = RelationArcs()
    arcs.read(state, SCHEME)
    layout = TextLayout(text, width=150, style=style())
    layout.source = AnnotationHighlights(state, SCHEME, corrections=data.draw(st.booleans()))
    layout.arcs, layout.all_arcs = arcs, True
    ends: dict[str, int] = {}
    number = 0
    while True:
        block = layout.block(number)
        for item in block.pieces(ShownArcs(all=True)):
            assert any(item.foot == line.top for line in block.lines)
            assert item.y < item.foot
            for arc in item.piece.arcs:
                ends[arc.uid] = ends.get(arc.uid, 0) + (1 if item.piece.other is None else 2)
        number += 1
        if not layout.blocks.has(number):
            break
    assert ends == dict.fromkeys(state.relations, 2)


def tuple_of_two(order: list[int]) -> tuple[int, int]:
    return order[0], order[1]


def test_a_chain_is_shown_whole() -> None:
    state = related(
        ("Ana", "same", "Bo"), ("Bo", "same", "Carla"), ("Carla", "knows", "Dora"), ("Ana", "knows", "last")
    )
    arcs = RelationArcs()
    arcs.read(state, SCHEME)
    assert set(arcs.related("Ana")) == {"r0", "r1", "r3"}
    assert set(arcs.related("Dora")) == {"r2"}
    assert arcs.chain_of("Carla") == {"Ana", "Bo", "Carla"}
    assert [arc.head for arc in arcs.arcs_of("Carla")] == [False, True]


def test_what_is_about_the_document_has_no_place_for_an_arc() -> None:
    state = related(("Ana", "knows", "Bo"))
    whole = annotation(TEXT, (0, 0), uid="whole", layer="about", label="SOUND")
    ties = [*state.relations.values(), Relation(uid="r7", source="Ana", target="whole", label="knows")]
    marks = [*state.annotations.values(), whole]
    arcs = RelationArcs()
    arcs.read(DocumentState.of(state.document, annotator="ana", annotations=marks, relations=ties), SCHEME)
    assert [arc.uid for arc in arcs.arcs_of("Ana")] == ["r0"]
    assert arcs.arcs_of("whole") == []
    assert [relation.uid for relation in arcs.relations_of("Ana")] == ["r0", "r7"]


# -- on the screen -----------------------------------------------------------------------------------------------------


def canvas_of(qtbot: QtBot, state: DocumentState, tones: theme.Tones = theme.LIGHT) -> TextCanvas:
    canvas = TextCanvas("canvas", tones, style())
    canvas.set_look(tones, style(), tones.paper)
    qtbot.addWidget(canvas)
    canvas.resize(480, 420)
    arcs = canvas.arc_source = RelationArcs()
    arcs.read(state, SCHEME)
    canvas.show()
    qtbot.waitExposed(canvas)
    canvas.show_text(TEXT, Highlights(mark(a.start, a.end, uid=a.uid) for a in state.in_order()))
    return canvas


def picture(canvas: TextCanvas) -> QImage:
    return canvas.viewport().grab().toImage()


def differing(one: QImage, other: QImage) -> list[tuple[int, int]]:
    return [(x, y) for y in range(one.height()) for x in range(one.width()) if one.pixel(x, y) != other.pixel(x, y)]


def test_choosing_a_mark_draws_its_arcs_and_touches_no_word(qtbot: QtBot) -> None:
    canvas = canvas_of(qtbot, related(*CROWD))
    bare = picture(canvas)
    canvas.show_arcs(ShownArcs(uids=frozenset({"r2", "r3"})))
    spots = differing(bare, picture(canvas))
    assert spots
    words = [rect.adjusted(0, 5, 0, 0).toRect() for rect in canvas.viewport_rects(0, len(TEXT))]
    assert not any(rect.contains(x, y) for x, y in spots for rect in words)
    canvas.show_arcs(ShownArcs())
    assert picture(canvas) == bare


@pytest.mark.parametrize("tones", theme.THEMES, ids=lambda tones: tones.name)
@pytest.mark.parametrize("color", ["#F0E442", "#111111", "#eeeeee"])
def test_an_arc_is_seen_in_any_colour(qtbot: QtBot, tones: theme.Tones, color: str) -> None:
    state = related(("Ana", "knows", "last"))
    canvas = canvas_of(qtbot, state, tones)
    arcs = canvas.arc_source
    assert isinstance(arcs, RelationArcs)
    arcs._made["r0"] = arcs._arc(state.relations["r0"])._replace(color=color)
    bare = picture(canvas)
    canvas.show_arcs(ShownArcs(uids=frozenset({"r0"})))
    found = picture(canvas)
    strongest = max(theme.contrast(QColor(found.pixel(x, y)), QColor(tones.paper)) for x, y in differing(bare, found))
    assert strongest >= 3


def test_an_arc_that_ends_out_of_sight_runs_to_the_edge(qtbot: QtBot) -> None:
    canvas = canvas_of(qtbot, related(("Ana", "knows", "last")))
    canvas.resize(480, 110)
    bare = picture(canvas)
    canvas.show_arcs(ShownArcs(uids=frozenset({"r0"})))
    spots = differing(bare, picture(canvas))
    assert max(y for _, y in spots) == canvas.viewport().height() - 1
