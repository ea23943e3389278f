"""Every label of a scheme can be reached from the bar over the text, and shows the key that works."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.ui import theme
from app.ui.actions.registry import ActionRegistry
from app.ui.panels.label_bar import LabelBar
from tests.conftest import SHIPPED
from tests.widget.widgets import as_tooltip, child, on_screen, press, shipped


def bar_of(
    qtbot: QtBot, scheme: Scheme, layer: str, *, width: int = 900, keys: dict[str, str] | None = None
) -> LabelBar:
    window = QWidget()
    registry = ActionRegistry(window, keys or {})
    registry.rebuild(scheme)
    bar = LabelBar(registry, theme.LIGHT, window)
    bar.resize(width, 43)
    bar.show_scheme(scheme, layer)
    on_screen(qtbot, window, width, 120)
    bar.resize(width, bar.height())
    return bar


def buttons(bar: LabelBar, layer: str) -> list[QAbstractButton]:
    found = bar.findChildren(QAbstractButton)
    return [made for made in found if made.objectName().startswith(f"label.{layer}.") and not made.isHidden()]


LAYERS = [(name, layer.id) for name in SHIPPED for layer in shipped(name).layers]


@pytest.mark.parametrize("width", [300, 620, 900, 1600])
@pytest.mark.parametrize(("name", "layer"), [("news-errors", "error"), ("news-errors", "claim"), ("ner", "entity")])
def test_every_label_is_shown_or_counted_under_more(qtbot: QtBot, name: str, layer: str, width: int) -> None:
    scheme = shipped(name)
    bar = bar_of(qtbot, scheme, layer, width=width)
    seen = buttons(bar, layer)
    more = child(bar, QAbstractButton, "labels-more")
    hidden = len(scheme.layer(layer).labels) - len(seen)
    assert more.isVisible() is (hidden > 0)
    if hidden:
        assert more.text() == f"{hidden} more…"
    drawn = [*seen, *([more] if hidden else [])]
    for made in drawn:
        assert bar.rect().contains(made.geometry()) or len(drawn) == 1, made.objectName()
    assert not any(a.geometry().intersects(b.geometry()) for at, a in enumerate(drawn) for b in drawn[:at])


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
def test_more_offers_the_labels_that_have_no_room(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, shipped("news-errors"), "error", width=400)
    seen = {made.objectName() for made in buttons(bar, "error")}
    press(bar, "labels-more")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = [entry.objectName() for entry in menu.actions()]
    everything = {f"label.error.{label.id}" for label in shipped("news-errors").layer("error").labels}
    assert set(offered) == everything - seen
    assert len(offered) == len(set(offered))
    with qtbot.waitSignal(bar.label_chosen) as caught:
        menu.actions()[0].trigger()
    assert f"label.error.{caught.args[0]}" == offered[0]
    menu.close()


@pytest.mark.parametrize("width", [400, 620, 900, 1300, 1600, 2400])
def test_the_bar_is_as_high_for_every_layer(qtbot: QtBot, width: int) -> None:
    scheme = shipped("news-errors")
    bar = bar_of(qtbot, scheme, "error", width=width)
    heights = set()
    for layer in scheme.layers:
        bar.show_scheme(scheme, layer.id)
        heights.add(bar.height())
        for made in buttons(bar, layer.id):
            assert made.geometry().bottom() < bar.height()
    assert len(heights) == 1


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_the_key_that_is_shown_is_the_key_that_works(qtbot: QtBot, name: str, layer: str) -> None:
    scheme = shipped(name)
    bar = bar_of(qtbot, scheme, layer, width=2400)
    registry = bar.parent().findChild(ActionRegistry)
    registry.active_layer = layer
    for label in scheme.layer(layer).children():
        made = child(bar, QAbstractButton, f"label.{layer}.{label.id}")
        keys = registry.action(made.objectName()).keys
        shown = made.accessibleName().rpartition(", key ")[2] if keys else ""
        assert shown.upper() == (keys[0] if keys else "")
        if keys:
            assert registry.for_text_key(shown.upper()).id == made.objectName()


def test_a_key_of_ones_own_is_shown_instead(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, shipped("ner"), "entity", keys={"label.entity.PERSON": "Y", "label.entity.ORG": ""})
    assert child(bar, QAbstractButton, "label.entity.PERSON").accessibleName().endswith("key y")
    assert ", key" not in child(bar, QAbstractButton, "label.entity.ORG").accessibleName()


def test_pressing_a_label_or_a_layer_says_which(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, shipped("news-errors"), "error")
    with qtbot.waitSignal(bar.label_chosen) as caught:
        press(bar, "label.error.TIME")
    assert caught.args == ["TIME"]
    with qtbot.waitSignal(bar.layer_chosen) as caught:
        press(bar, "layer.claim")
    assert caught.args == ["claim"]


def test_the_active_layer_is_the_one_that_is_pressed_in(qtbot: QtBot) -> None:
    scheme = shipped("news-errors")
    bar = bar_of(qtbot, scheme, "claim")
    checked = [layer.id for layer in scheme.layers if child(bar, QAbstractButton, f"layer.{layer.id}").isChecked()]
    assert checked == ["claim"]


def test_a_label_tells_what_it_means(qtbot: QtBot) -> None:
    scheme = shipped("news-errors")
    bar = bar_of(qtbot, scheme, "error")
    label = scheme.label("error", "TORTURED_TERM")
    tip = as_tooltip(child(bar, QAbstractButton, "label.error.TORTURED_TERM").toolTip())
    assert label.title in tip
    assert label.definition in tip
    assert label.example in tip


def test_the_bar_never_takes_the_keyboard_from_the_text(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, shipped("news-errors"), "error")
    for made in bar.findChildren(QAbstractButton):
        assert made.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_colours_of_the_night_are_painted(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, shipped("news-errors"), "error")
    before = bar.grab().toImage()
    bar.set_tones(theme.DARK)
    assert bar.grab().toImage() != before


def tree(depth: int) -> Scheme:
    """Return a scheme with one tree of labels, each under the one before."""
    source = 'name = "deep"\nversion = 1\ntitle = "Deep"\n[[layer]]\nid = "e"\n'
    for at in range(depth):
        parent = f'parent = "LABEL_{at - 1}"\n' if at else ""
        source += f'[[layer.label]]\nid = "LABEL_{at}"\nkey = "{"abcdef"[at]}"\n{parent}'
    return parse_scheme(source)


def test_the_bar_has_rows_for_what_is_at_hand_together(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, tree(6), "e", width=360)
    one = bar.height()
    for label in ("LABEL_0", "LABEL_4", ""):
        bar.open_label(label)
        assert bar.height() == one
        assert len({made.y() for made in buttons(bar, "e")}) == 1
    assert bar_of(qtbot, shipped("news-errors"), "error", width=360).height() > one
