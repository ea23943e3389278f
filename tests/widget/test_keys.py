"""A key that means nothing as typed counts by its place on the Latin layout."""

import sys

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.ui.widgets import keys
from app.ui.widgets.key_places import latin_of
from app.ui.widgets.keys import KeyPress, offer

LATIN = ("1234567890-=", "QWERTYUIOP[]", "ASDFGHJKL;'`", "\\ZXCVBNM,./")
# What the layouts of xkeyboard-config write, key by key; · is a key that writes nothing by itself.
LAYOUTS = {
    "Russian": ("1234567890-=", "йцукенгшщзхъ", "фывапролджэё", "\\ячсмитьбю."),
    "Ukrainian": ("1234567890-=", "йцукенгшщзхї", "фівапролджє'", "ґячсмитьбю."),
    "Bulgarian": ("1234567890-.", ",уеишщксдзц;", "ьяаожгтнвмч(", "„юйъэфхпрлб"),
    "Greek": ("1234567890-=", ";ςερτυθιοπ[]", "ασδφγηξκλ·'`", "\\ζχψωβνμ,./"),
    "Hebrew": ("1234567890-=", "/'קראטוןםפ][", "שדגכעיחלךף,;", "\\זסבהנמצתץ."),
    "Arabic": ("1234567890-=", "ضصثقفغعهخحجد", "شسيبلاتنمكطذ", "\\ئءؤرﻻىةوزظ"),
    "Persian": ("۱۲۳۴۵۶۷۸۹۰-=", "ضصثقفغعهخحجچ", "شسیبلاتنمکگ·", "\\ظطزرذدپو./"),
    "Hindi": ("१२३४५६७८९०-ृ", "ौैाीूबहगदजड़", "ोे्िुपरकतचटॊ", "ॉॆंमनवलस,.य"),
    "Thai": ("ๅ/-ภถุึคตจขช", "ๆไำพะัีรนยบล", "ฟหกดเ้่าสวง_", "ฃผปแอิืทมใฝ"),
    "Georgian": ("1234567890-=", "ქწერტყუიოპ[]", "ასდფგჰჯკლ;'„", "\\ზხცვბნმ,./"),
    "Armenian": ("ֆձ֊,։՞․՛)օէղ", "ճփբսմուկըթծց", "ջվգեանիտհպր՝", "»ժդչյզլքխշռ"),
}
AZERTY = ("&é\"'(-è_çà)=", "azertyuiop·$", "qsdfghjklmù²", "*wxcvbn,;:!")
CZECH = ("+ěščřžýáíé=·", "qwertzuiopú)", "asdfghjklů§;", "·yxcvbnm,.-")
LITHUANIAN = ("ąčęėįšųū„“-ž", "qwertyuiop[]", "asdfghjkl;'`", "\\zxcvbnm,./")
DVORAK = ("1234567890[]", "',.pyfgcrl/=", "aoeuidhtns-`", "\\;qjkxbmwvz")
GERMAN = ("1234567890ß·", "qwertzuiopü+", "asdfghjklöä·", "#yxcvbnm,.-")
X11 = {key: first + at + 8 for first, row in zip((2, 16, 30, 43), LATIN, strict=True) for at, key in enumerate(row)}
NONE, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the presses carry the numbers that X11 gives keys")


@pytest.fixture(autouse=True)
def _unknown_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was typed yet."""
    monkeypatch.setattr(keys, "_latin_layouts", {})


def press(typed: str, place: str, modifiers: Qt.KeyboardModifier = NONE, *, state: int = 0) -> QKeyEvent:
    """Return the press of the key that is where the US layout has `place`, and writes `typed`."""
    key = ord(typed.upper()[0]) if typed else Qt.Key.Key_Dead_Circumflex
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, X11[place] if place else 0, 0, state, typed)


def places(event: QKeyEvent) -> list[str]:
    return [reading.key for reading in KeyPress.by_place(event)]


def by_place(layout: tuple[str, ...], *, only: str) -> dict[str, str]:
    """Return what else the keys of a layout mean, by what the US layout has there."""
    pairs = [
        (typed, key) for row, latin in zip(layout, LATIN, strict=True) for typed, key in zip(row, latin, strict=True)
    ]
    return {key: "".join(places(press(typed, key))) for typed, key in pairs if key in only and typed != "·"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_letters_of_another_script_count_by_place(name: str) -> None:
    letters = "QWERTYUIOPASDFGHJKLZXCVBNM"
    assert by_place(LAYOUTS[name], only=letters) == {key: key for key in letters}


@pytest.mark.parametrize("layout", [AZERTY, CZECH, LITHUANIAN, LAYOUTS["Thai"], LAYOUTS["Armenian"]])
def test_digits_that_need_shift_count_by_place(layout: tuple[str, ...]) -> None:
    assert by_place(layout, only="1234567890") == {key: key for key in "1234567890"}


@pytest.mark.parametrize("name", ["Persian", "Hindi"])
def test_digits_of_another_script_are_digits_with_shift_too(name: str) -> None:
    for typed, key in zip(LAYOUTS[name][0], LATIN[0], strict=True):
        if key.isdigit():
            assert places(press(typed, key))[0] == key
            assert places(press(typed, "", SHIFT)) == [key]


@pytest.mark.parametrize("layout", [LATIN, AZERTY, CZECH, LITHUANIAN, DVORAK, GERMAN])
def test_latin_letters_count_as_typed_only(layout: tuple[str, ...]) -> None:
    letters = "QWERTYUIOPASDFGHJKLZXCVBNM"
    list(KeyPress.by_place(press("e", "E")))  # whoever types Latin letters needs no other way to them
    assert set(by_place(layout, only=letters).values()) == {""}
    assert places(press("!", "1", SHIFT)) == []


def test_punctuation_counts_by_place_until_latin_is_typed() -> None:
    assert places(press("/", "Q")) == ["Q"]
    assert places(press("r", "R")) == []
    assert places(press("/", "Q")) == []
    assert places(press("ר", "R")) == ["R"]
    assert places(press("/", "Q")) == ["Q"]


def test_two_layouts_of_one_keyboard_are_told_apart() -> None:
    assert places(press("r", "R")) == []
    assert places(press("/", "Q", state=0x2000)) == ["Q"]
    assert places(press("/", "Q")) == []


def test_alt_counts_by_place_and_altgr_writes() -> None:
    assert places(press('"', "3", ALT)) == ["Alt+3"]
    assert places(press("Д", "L", ALT)) == ["Alt+L"]
    assert places(press("Д", "L", ALT | SHIFT)) == ["Alt+Shift+L"]
    assert places(press("l", "L", ALT)) == []
    assert places(press("€", "E", ALT | Qt.KeyboardModifier.ControlModifier)) == []
    assert places(press("ʼ", "E", state=0x80)) == []


def test_a_letter_with_shift_keeps_shift() -> None:
    (reading,) = KeyPress.by_place(press("К", "R", SHIFT))
    assert (reading.key, reading.plain, reading.shift) == ("R", "R", True)


def test_named_keys_and_the_number_block_have_no_place() -> None:
    for key, text in ((Qt.Key.Key_F2, ""), (Qt.Key.Key_Left, ""), (Qt.Key.Key_Return, "\r"), (Qt.Key.Key_Space, " ")):
        assert places(QKeyEvent(QEvent.Type.KeyPress, key, NONE, X11["R"], 0, 0, text)) == []
    assert places(press(",", "1", Qt.KeyboardModifier.KeypadModifier)) == []


# Apple's kVK_ANSI_… numbers and Windows' scan codes of some keys.
@pytest.mark.parametrize(
    ("system", "numbers"),
    [
        ("darwin", {"A": 0, "R": 15, "1": 18, "5": 23, "0": 29, "P": 35, "L": 37, "K": 40, "N": 45, "M": 46, "`": 50}),
        ("win32", {"1": 2, "0": 11, "Q": 16, "P": 25, "A": 30, "R": 19, "`": 41, "Z": 44, "M": 50, "/": 53}),
        ("linux", {"1": 10, "0": 19, "Q": 24, "P": 33, "A": 38, "R": 27, "`": 49, "Z": 52, "M": 58, "/": 61}),
    ],
)
def test_every_system_tells_places_in_its_own_numbers(system: str, numbers: dict[str, int]) -> None:
    for place, number in numbers.items():
        scan, virtual = (0, number) if system == "darwin" else (number, 0)
        assert latin_of(scan_code=scan, virtual_key=virtual, system=system) == place
    writing = {latin_of(scan_code=number, virtual_key=number, system=system) for number in range(128)}
    assert writing - {""} == {key for row in LATIN for key in row}


class Listener:
    """Knows one key, and remembers what it was asked and told."""

    def __init__(self, known: str) -> None:
        self.known = known
        self.asked: list[str] = []
        self.told = ""

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        self.asked.append(press.key)
        return press.key == self.known

    def complain_of_key(self, words: str) -> None:
        self.told = words


def test_what_was_typed_comes_first() -> None:
    listener = Listener("К")
    assert offer(press("к", "R"), listener, None)
    assert listener.asked == ["К"]
    listener = Listener("R")
    assert offer(press("к", "R"), listener, None)
    assert listener.asked == ["К", "R"]
    assert listener.told == ""


def test_a_key_without_a_place_says_which_layout_is_needed() -> None:
    listener = Listener("R")
    assert not offer(press("к", ""), listener, None)
    assert "Latin layout" in listener.told
    for known in (press("é", ""), press(",", ""), press("x", ""), press("ж", ";")):
        listener = Listener("R")
        offer(known, listener, None)
        assert listener.told == ""
