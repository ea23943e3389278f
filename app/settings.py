"""The user's settings. Each row of the table below is one setting, from which dialog, validation and file are derived.

The file contains only values that differ from the defaults, and is replaced atomically. A file that can't be read is
kept as `settings.bad.json` when a new one is written.
"""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from app import paths
from app.core.errors import StetError
from app.core.names import name_problem
from app.core.os_faults import describe


class Setting(NamedTuple):
    """One preference. `choices` are (value, title) pairs; `low` and `high` bound a number."""

    key: str
    group: str
    title: str
    default: Any
    choices: tuple[tuple[str, str], ...] = ()
    low: float = 0
    high: float = 0
    note: str = ""


TABLE = (
    Setting("annotator", "You", "Your name", "", note="Your marks are stored under this name."),
    Setting(
        "theme",
        "Appearance",
        "Theme",
        "system",
        choices=(("system", "Follow system"), ("light", "Light"), ("dark", "Dark"), ("contrast", "High contrast")),
    ),
    Setting("ui_scale", "Appearance", "Interface scale", 100, low=100, high=200, note="In percent."),
    Setting(
        "motion",
        "Appearance",
        "Motion",
        "system",
        choices=(("system", "Follow system"), ("reduced", "Reduced: nothing moves or blinks")),
    ),
    Setting(
        "direction",
        "Appearance",
        "Layout direction",
        "auto",
        choices=(("auto", "Follow language"), ("ltr", "Left to right"), ("rtl", "Right to left")),
        note="Texts always follow the direction of their own script.",
    ),
    Setting("text_font", "Appearance", "Text font", "EB Garamond", note="The font of documents and references."),
    Setting("text_size", "Appearance", "Text size", 18, low=10, high=48, note="In pixels."),
    Setting("text_spacing", "Appearance", "Line spacing", 1.15, low=1.0, high=2.5, note="Multiple of font height."),
    Setting(
        "snapping",
        "Marking",
        "Selections snap to",
        "word",
        choices=(("word", "Whole words"), ("character", "Characters"), ("sentence", "Whole sentences")),
        note="Hold Alt while dragging for characters (or for words). Alt+X switches to the next option.",
    ),
    Setting(
        "words",
        "Marking",
        "Word and sentence rules",
        "language",
        choices=(("language", "Language-specific"), ("plain", "Plain: the same for all languages")),
        note="The document’s language, or else the scheme’s. Alt+E: the next mark covers the exact selection.",
    ),
    Setting(
        "click_takes",
        "Marking",
        "A click selects",
        "character",
        choices=(("character", "Nothing (places the caret)"), ("word", "A word"), ("sentence", "A sentence")),
        note="Double-click always selects the word, triple-click the sentence. Alt+Shift+X switches.",
    ),
    Setting(
        "show_corrections",
        "Marking",
        "Show corrections in the text",
        True,
        note="After the wrong words, which are struck out. Alt+H shows or hides them temporarily.",
    ),
    Setting(
        "show_suggestions", "Marking", "Show suggestions in the text", True, note="Dotted; Alt+G shows or hides them."
    ),
    Setting(
        "suggestion_threshold",
        "Marking",
        "Show suggestions from",
        0,
        low=0,
        high=95,
        note="In percent: how likely you are to accept one. Ctrl+F9 shows the list with counts.",
    ),
    Setting(
        "show_relations",
        "Marking",
        "Show all relations in the text",
        False,
        note="Otherwise those of the selected mark; Alt+R switches.",
    ),
    Setting(
        "together",
        "Marking",
        "Scroll text and reference together",
        True,
        note="Aligned by matching sentences (Alt+T).",
    ),
    Setting(
        "model_address",
        "Language model",
        "Address",
        "",
        note="Of a server that speaks OpenAI’s chat completions, such as http://127.0.0.1:8080/v1.",
    ),
    Setting("model_name", "Language model", "Model", "", note="The name of the model to ask there."),
    Setting(
        "model_tokens",
        "Language model",
        "Most tokens in one run",
        200_000,
        low=1_000,
        high=100_000_000,
        note="What could take more is refused before anything is sent.",
    ),
    Setting(
        "model_seconds",
        "Language model",
        "Most seconds for an answer",
        180,
        low=1,
        high=86_400,
        note="An answer that is late is left out and counted. Small computers may need minutes.",
    ),
    Setting(
        "model_hosts",
        "Language model",
        "Hosts that may get texts",
        "",
        note="Beyond this machine, separated by blanks. A host is added when you agree to it.",
    ),
    Setting("tour_seen", "Help", "Skip the tour", False, note="Untick to show it again in the sample project."),
    Setting("keys", "Keys", "Keyboard shortcuts", {}, note="Set on the Shortcuts page."),
)
BY_KEY = {setting.key: setting for setting in TABLE}


class Settings:
    """The current settings. Reading an unknown key is a bug and raises KeyError."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or paths.settings_dir() / "settings.json"
        self._values: dict[str, Any] = {}
        self._for_now: dict[str, Any] = {}
        self.complaints: list[str] = []
        self._kept = False
        self._load()

    def _load(self) -> None:
        try:
            raw = json.loads(self._path.read_bytes())  # in whatever encoding an editor has saved it
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            self.complaints.append(f"{self._path}: settings can't be read ({error}); using defaults")
            return
        if not isinstance(raw, dict):
            self.complaints.append(f"{self._path}: settings aren't a JSON object; using defaults")
            return
        for key, value in raw.items():
            wrong = complaint(key, value)
            if wrong:
                self.complaints.append(f"{self._path}: {wrong}")
            else:
                self._values[key] = _with_present_ids(value) if key == "keys" else value

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  the table tells the type
        return self._for_now.get(key, self._values.get(key, BY_KEY[key].default))

    def use_for_now(self, values: Mapping[str, Any]) -> None:
        """Override values until the program ends, without writing the file.

        Raises StetError for an invalid value.
        """
        _refuse_wrong(values)
        self._for_now.update(values)

    def change(self, values: Mapping[str, Any]) -> None:
        """Change settings and write the file; all of them or none. Raises StetError for an invalid value."""
        _refuse_wrong(values)
        # A temporary override that a dialog of all settings returns unchanged wasn't chosen by the user.
        chosen = {
            key: value for key, value in values.items() if key not in self._for_now or self._for_now[key] != value
        }
        merged = {**self._values, **chosen}
        sparse = {key: value for key, value in merged.items() if value != BY_KEY[key].default}
        self._write(sparse)
        self._values = sparse
        for key in chosen:
            self._for_now.pop(key, None)

    def _write(self, values: Mapping[str, Any]) -> None:
        unfinished = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self.complaints and not self._kept:
                # A file that can't be read may be one with a typo that someone edited by hand.
                with suppress(FileNotFoundError):
                    os.replace(self._path, self._path.with_suffix(".bad.json"))
                self._kept = True
            unfinished.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            os.replace(unfinished, self._path)
        except OSError as error:
            what, hint = describe(error)
            raise StetError(f"settings can't be written: {what}", hint=hint, path=self._path) from error


def _with_present_ids(keys: Mapping[str, str]) -> dict[str, str]:
    """Return the keys by action id, with the ids `mark.…` of old settings files renamed to `annotation.…`."""
    return {re.sub(r"^mark\.", "annotation.", action): key for action, key in keys.items()}


def _refuse_wrong(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        wrong = complaint(key, value)
        if wrong:
            raise StetError(wrong, hint="choose another value")


def complaint(key: str, value: object) -> str | None:
    """Return why a value isn't valid for a setting, None if it is."""
    setting = BY_KEY.get(key)
    if setting is None:
        return f"unknown setting “{key}”"
    if setting.choices:
        known = [choice for choice, _ in setting.choices]
        return None if value in known else f"“{key}” must be one of: {', '.join(known)}"
    if isinstance(setting.default, bool) or isinstance(value, bool):
        return (
            None if isinstance(value, bool) and isinstance(setting.default, bool) else f"“{key}” must be true or false"
        )
    if isinstance(setting.default, int | float):
        fits = isinstance(value, int | float) and setting.low <= value <= setting.high
        return None if fits else f"“{key}” must be a number from {setting.low:g} to {setting.high:g}"
    if isinstance(setting.default, dict):
        fits = isinstance(value, dict) and all(_is_text(item) for pair in value.items() for item in pair)
        return None if fits else f"“{key}” must map actions to keys"
    if not isinstance(value, str) or not _is_text(value):
        return f"“{key}” must be text"
    return name_problem(value) if key == "annotator" and value else None


def _is_text(value: object) -> bool:
    """Whether it is a text that can be shown and saved: JSON can hold half a surrogate pair, and NUL."""
    return isinstance(value, str) and "\0" not in value and value == value.encode("utf-8", "replace").decode()
