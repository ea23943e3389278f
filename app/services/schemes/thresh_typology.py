"""Schemes from the typologies of thresh.tools, which are in YAML: edits with questions about each.

See https://github.com/davidheineman/thresh, `public/templates`. Annotations name an edit and, of the first question
with several answers, the one that was given; so these are labels, those of an edit below it. What is asked besides are
fields.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.errors import SchemeError
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

SUFFIXES = (".yml", ".yaml")
_LAYER = "error"
_SCALES = {
    "likert-3": ("minor", "somewhat", "a lot"),
    "likert-5": ("very minor", "minor", "somewhat", "a lot", "very much"),
    "binary": ("yes", "no"),
}
_DEEPEST = 20
_DEEPEST_BRACKETS = 100  # the parser takes the square of them
_LONGEST = 200_000  # characters
_MOST = 2_000  # edits, questions and answers
_NOTHING: Mapping[str, Any] = {}


class _Answers(NamedTuple):
    """What a question can be answered with, titles by name; `is_text` if it can be anything."""

    titles: Mapping[str, str]
    is_text: bool


def from_thresh_typology(text: str, name: str, *, path: str = "typology.yml") -> ForeignScheme:
    """Return the scheme of a typology: a label for each edit, below it one for each answer to its first question with
    several, and fields for the other questions. Raises SchemeError.
    """
    typology = _parsed(text, path)
    edits = [each for each in map(_table, _list(typology.get("edits"))) if _name(each)]
    if not edits:
        hint = "a typology of Thresh has a list “edits”, each with a name"
        raise SchemeError("there are no edits in it", hint=hint, path=path, line=1)
    made = SchemeBuilder(_name(typology, "template_name") or name)
    layer = made.layer(_LAYER, title="Error", draw="wave", evidence=True)
    questions = _Questions(made, layer, path)
    for edit in edits:
        questions.add(edit)
    return made.made("a typology of thresh.tools")


def _parsed(text: str, path: str) -> Mapping[str, Any]:
    import srsly  # comes with spaCy; few need it

    if len(text) > _LONGEST:
        what = f"longer than {_LONGEST:,} characters"
        raise SchemeError(what, hint="a typology is a short file", path=path, line=1)
    if _depth(text) > _DEEPEST_BRACKETS:
        raise SchemeError("not YAML: nested too deeply", hint="fix the file", path=path, line=1)
    try:
        found: object = srsly.yaml_loads(text.lstrip("\ufeff"))
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
        said = " ".join(str(error).split())[:160]
        raise SchemeError(f"not YAML: {said}", hint="fix the file", path=path, line=1) from error
    if not isinstance(found, dict):
        hint = "a typology of Thresh has a list “edits”, each with a name"
        raise SchemeError("it isn't a typology", hint=hint, path=path, line=1)
    return cast("Mapping[str, Any]", found)


def _depth(text: str) -> int:
    """Return how many brackets are open at most, whatever they stand in."""
    depth = most = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        most = max(most, depth)
    return most


class _Questions:
    """Adds edits with what is asked about them. Counts, since parts that are named once can be repeated without end."""

    def __init__(self, made: SchemeBuilder, layer: dict[str, Any], path: str) -> None:
        self._made = made
        self._layer = layer
        self._path = path
        self._count = 0
        self._limits: dict[str, list[str]] = {}  # the labels that a field is asked about, by its name

    def add(self, edit: Mapping[str, Any]) -> None:
        """Add an edit: its labels and fields."""
        self._see()
        name = _name(edit)
        label = self._made.label(self._layer, name, color=_said(edit.get("color")), title=_said(edit.get("label")))
        ids = [label]
        asked = [each for each in map(_table, _list(edit.get("annotation"))) if _name(each)]
        first = next((each for each in asked if _list(each.get("options"))), None)
        for answer in self._named(first.get("options")) if first is not None else ():
            title = _said(answer.get("label")) or _name(answer)
            ids.append(self._made.label(self._layer, f"{name}/{_name(answer)}", parent=label, title=title))
        for question in asked:
            if question is first:
                below = [self._answers(each) for each in self._named(question.get("options"))]
                self._field(question, _joined(below), ids)
            else:
                self._field(question, self._answers(question), ids)

    def _field(self, question: Mapping[str, Any], answers: _Answers | None, labels: Sequence[str]) -> None:
        if answers is None:
            return
        kind = "text" if answers.is_text else "choice"
        name = _name(question)
        if name in self._limits:
            self._limits[name] += [label for label in labels if label not in self._limits[name]]
        else:
            self._limits[name] = list(labels)
        field = self._made.field(
            self._layer, name, kind=kind, labels=self._limits[name], definition=_said(question.get("question")) or None
        )
        if answers.is_text:
            field["kind"] = "text"
            field.pop("value", None)
        elif field["kind"] == "choice":
            for answer, title in answers.titles.items():
                self._made.value(self._layer, field, answer, **({"title": title} if title != answer else {}))

    def _answers(self, question: Mapping[str, Any], depth: int = 0) -> _Answers | None:
        """Return what a question can be answered with, None if nothing is asked. What follows from its answers is part
        of them: annotations keep the first two levels.
        """
        self._see()
        options = question.get("options")
        if isinstance(options, str):
            scale = _SCALES.get(options.strip().lower())
            return _Answers({}, True) if scale is None else _Answers({each: each for each in scale}, False)
        found = {_name(each): _said(each.get("label")) or _name(each) for each in self._named(options)}
        if depth < _DEEPEST and any(self._answers(each, depth + 1) for each in self._named(options)):
            self._made.note(f"What follows from the answers to “{_name(question)}” isn’t in the scheme.")
        return _Answers(found, False) if found else None

    def _named(self, options: object) -> Iterator[Mapping[str, Any]]:
        return (each for each in map(_table, _list(options)) if _name(each))

    def _see(self) -> None:
        self._count += 1
        if self._count > _MOST:
            what = f"it has more than {_MOST:,} edits, questions and answers"
            raise SchemeError(what, hint="split the typology", path=self._path, line=1)


def _joined(below: Sequence[_Answers | None]) -> _Answers | None:
    """Return what any of several questions can be answered with."""
    known = [each for each in below if each is not None]
    if not known:
        return None
    titles = {name: title for each in known for name, title in each.titles.items()}
    return _Answers(titles, any(each.is_text for each in known))


def _name(table: Mapping[str, Any], key: str = "name") -> str:
    """Return the name of an edit or answer as annotations have it; `name: yes` is true for some programs."""
    found = table.get(key)
    if isinstance(found, bool):
        return "yes" if found else "no"
    return _said(found)


def _said(value: object) -> str:
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return " ".join(text.split())[:500]


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _table(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else _NOTHING
