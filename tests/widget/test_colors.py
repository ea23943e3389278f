"""Colours that can be read, and told apart with every kind of colour vision: reckoned, not looked at.

Contrast is that of WCAG 2.2. Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes, “A
physiologically-based model for simulation of color vision deficiency” (IEEE TVCG 15(6), 2009), severity 1.0, on linear
RGB. Differences are CIE 1976 Delta E in Lab (D65); about 2.3 is just noticeable, `_APART` is asked for.
"""

from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from app.core.scheme import Drawing
from app.core.scheme_file import PALETTE, parse_scheme
from app.ui import theme
from app.ui.editor.paint import badge_color, fill_strength, line_color
from app.ui.review.letters import LANE_COLORS
from app.ui.theme import EVIDENCE_COLOR, Tones, blended, contrast, fill_color
from tests.conftest import SHIPPED, scheme_source

_APART = 10.0
_PARTS = (0, 51, 102, 153, 204, 255)
_VISIONS = {
    "all": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_GROUNDS = ("window", "panel", "surface", "paper", "side_paper")
# Which writing stands on which ground; what is plain stands on all of them.
_WRITING = {
    **{tone: _GROUNDS for tone in ("accent", "good", "warn", "bad")},
    "text": (*_GROUNDS, "hover", "chosen", "chosen_annotation", "selection", "good_surface"),
    "soft": (*_GROUNDS, "hover", "chosen", "good_surface"),
    "faint": (*_GROUNDS, "hover", "chosen", "chosen_annotation", "good_surface"),
}
_ON_CHOSEN_MARK = ("text", "faint", "warn")

themes = pytest.mark.parametrize("tones", theme.THEMES, ids=[tones.name for tones in theme.THEMES])
visions = pytest.mark.parametrize("vision", list(_VISIONS))
schemes = pytest.mark.parametrize("scheme", SHIPPED)


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def lab(color: QColor, vision: str) -> tuple[float, float, float]:
    """Return the Lab values of a colour as somebody sees it."""
    parts = [linear(part) for part in (color.redF(), color.greenF(), color.blueF())]
    red, green, blue = (
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, parts, strict=True))))
        for row in _VISIONS[vision]
    )
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: QColor, other: QColor, vision: str) -> float:
    pairs = zip(lab(one, vision), lab(other, vision), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def test_the_reckoning_knows_what_is_known() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert difference(QColor("#ffffff"), QColor("#000000"), "all") == pytest.approx(100, abs=0.01)
    # Red and green of one lightness are what protanopes and deuteranopes mix up, and tritanopes don't.
    red, green = QColor("#b14c4c"), QColor("#6f7a2c")
    assert difference(red, green, "deuteranopia") < difference(red, green, "all") / 2
    assert difference(red, green, "tritanopia") > difference(red, green, "deuteranopia")


@themes
def test_all_writing_can_be_read(tones: Tones) -> None:
    least = 7.0 if tones.name == "contrast" else 4.5
    weak = []
    for writing, grounds in _WRITING.items():
        for ground in grounds:
            ratio = contrast(QColor(getattr(tones, writing)), QColor(getattr(tones, ground)))
            if ratio < (least if ground in _GROUNDS else 4.5):
                weak.append((writing, ground, round(ratio, 2)))
    for writing in _ON_CHOSEN_MARK:
        ratio = contrast(QColor(getattr(tones, writing)), QColor(tones.chosen_annotation))
        if ratio < 4.5:
            weak.append((writing, "chosen_annotation", round(ratio, 2)))
    assert weak == []


@themes
def test_the_writing_of_the_main_button_can_be_read(tones: Tones) -> None:
    sheet = theme.style_sheet(tones)
    rule = sheet[sheet.index('QPushButton[role="primary"] {') :]
    color = rule[rule.index("color: ") + 7 :][:7]
    assert contrast(QColor(color), QColor(tones.accent)) >= 4.5


@themes
def test_rings_and_states_can_be_seen(tones: Tones) -> None:
    for ground in _GROUNDS:
        for ring in ("accent", "good", "warn", "faint"):
            assert contrast(QColor(getattr(tones, ring)), QColor(getattr(tones, ground))) >= 3.0, (ring, ground)
    if tones.name == "contrast":
        assert all(
            contrast(QColor(line), QColor(tones.paper)) >= 7 for line in (tones.line, tones.soft_line, tones.text)
        )
        assert contrast(QColor(tones.chosen), QColor(tones.paper)) >= 3.0


@themes
@schemes
def test_lines_and_badges_of_marks_can_be_seen_on_both_papers(tones: Tones, scheme: str) -> None:
    colors = {label.color for layer in parse_scheme(scheme_source(scheme)).layers for label in layer.labels}
    for paper in (tones.paper, tones.side_paper):
        for color in {*colors, *LANE_COLORS, EVIDENCE_COLOR}:
            assert contrast(line_color(color, paper), QColor(paper)) >= 2.99
            assert contrast(badge_color(color, paper), QColor(paper)) >= 4.49


@themes
@schemes
def test_text_can_be_read_through_the_fill_of_a_mark(tones: Tones, scheme: str) -> None:
    colors = {label.color for layer in parse_scheme(scheme_source(scheme)).layers for label in layer.labels}
    for color in colors:
        assert contrast(QColor(tones.text), seen_fill(color, tones, tones.paper)) >= 4.5, color


def seen_fill(color: str, tones: Tones, paper: str) -> QColor:
    """Return what is seen of the fill of a mark, in the steps that a screen has."""
    fill = fill_color(color, paper, fill_strength(tones))
    return QColor(blended(fill, QColor(paper), fill.alphaF()).name())


# Every colour of a coarse cube, the greys between, and those that were lost: near the pages, and of the palette.
_CUBE = [f"#{red:02x}{green:02x}{blue:02x}" for red in _PARTS for green in _PARTS for blue in _PARTS]
_GREYS = [f"#{part:02x}{part:02x}{part:02x}" for part in range(0, 256, 5)]
_NEAR = ["#111111", "#1d1f21", "#1e1f21", "#222222", "#333333", "#fcfcfa", "#eeeeee", "#00008b", "#4b0082", "#f0e442"]


@themes
def test_the_fill_of_any_colour_is_seen_and_text_through_it(tones: Tones) -> None:
    weak = []
    for paper in (tones.paper, tones.side_paper):
        ground = QColor(paper)
        least = contrast(seen_fill(PALETTE["grey"], tones, paper), ground)
        assert least >= 1.15
        for color in {*_CUBE, *_GREYS, *_NEAR, *PALETTE.values()}:
            seen = seen_fill(color, tones, paper)
            if contrast(seen, ground) < least - 0.001 or contrast(QColor(tones.text), seen) < 4.5:
                weak.append((color, paper, seen.name()))
    assert weak == []


@themes
def test_a_colour_that_is_seen_is_left_as_it_is(tones: Tones) -> None:
    for color in ("#999999", "#0072b2" if tones.name == "light" else "#ffffff"):
        assert QColor(fill_color(color, tones.paper, fill_strength(tones)).rgb()).name() == color


def test_a_lost_colour_keeps_its_hue(qapp: object) -> None:
    yellow = fill_color("#f0e442", theme.LIGHT.paper, 0.19)
    assert yellow.hueF() == pytest.approx(QColor("#f0e442").hueF(), abs=0.02)
    assert fill_color("#000000", theme.DARK.paper, 0.3).saturationF() == 0


@schemes
def test_no_meaning_of_a_mark_rests_on_colour_alone(scheme: str) -> None:
    # The badge names the label, so that any two labels differ by a word; layers differ by the form of the line.
    layers = parse_scheme(scheme_source(scheme)).layers
    for layer in layers:
        badges = [label.badge for label in layer.labels]
        assert all(badges)
        assert len(badges) == len(set(badges))
    severities = [severity.sign for severity in parse_scheme(scheme_source(scheme)).severities]
    assert len(severities) == len(set(severities))


def test_layers_of_the_news_scheme_differ_by_form() -> None:
    layers = {layer.id: layer for layer in parse_scheme(scheme_source("news-errors")).layers}
    forms = {name: {label.draw for label in layer.labels} for name, layer in layers.items()}
    assert forms["entity"] == {Drawing.FILL}
    assert not forms["entity"] & (forms["claim"] | forms["error"])
    assert not forms["claim"] & forms["error"]


@themes
@visions
def test_the_first_four_annotators_differ_by_colour(tones: Tones, vision: str) -> None:
    lanes = [line_color(color, tones.paper) for color in LANE_COLORS[:4]]
    close = [
        (one.name(), other.name()) for one, other in combinations(lanes, 2) if difference(one, other, vision) < _APART
    ]
    assert close == []


@themes
@visions
def test_good_news_and_warnings_differ_by_colour(tones: Tones, vision: str) -> None:
    assert difference(QColor(tones.good), QColor(tones.warn), vision) >= _APART
    assert difference(QColor(tones.chosen), QColor(tones.paper), vision) >= 4.0
    assert difference(QColor(tones.selection), QColor(tones.paper), vision) >= _APART
