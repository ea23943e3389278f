"""The options of `stet scheme PROJECT migrate`, and the changes they request."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from app.cli.arguments import opened
from app.cli.console import ProgressLine, show, show_json
from app.core import field_values
from app.core.byte_order_mark import decode_marked
from app.core.document_names import canonical
from app.core.errors import WrongUse
from app.core.scheme import Attribute, FieldKind, Scheme, Value
from app.core.scheme_change import AddAttribute, Given, LabelChange, SchemeChange, SplitLabel, SplitPart
from app.jobs.tasks.migration import as_dict, lines
from app.jobs.tasks.part_changes import changed_draft, names_part
from app.services.migration.migration import Migration, migrate, plan
from app.services.migration.outside_labels import outside_labels

_OPTIONS = (
    click.option(
        "--rename",
        multiple=True,
        metavar="LAYER.OLD=NEW",
        help="migrate: change a label's id. Also relation:OLD=NEW, field:LAYER.OLD=NEW, value:LAYER.FIELD.OLD=NEW.",
    ),
    click.option(
        "--merge",
        multiple=True,
        metavar="LAYER.OLD=LABEL",
        help="migrate: merge a label, also one that only marks have, into one of the scheme.",
    ),
    click.option(
        "--delete", multiple=True, metavar="LAYER.LABEL", help="migrate: delete a label with all its annotations."
    ),
    click.option(
        "--split", metavar="LAYER.OLD=A,B,...", help="migrate: split a label into several; A gets what no --by matches."
    ),
    click.option(
        "--by",
        multiple=True,
        metavar="LABEL:RULE",
        help="With --split, what becomes LABEL: FIELD=VALUE|VALUE, quote=WORDS|WORDS, quote@FILE or quote~EXPRESSION.",
    ),
    click.option("--attribute", metavar="LAYER.ID=VALUE|VALUE...", help="migrate: add an attribute with these values."),
    click.option(
        "--kind",
        type=click.Choice([kind.value for kind in FieldKind]),
        help="With --attribute: the kind of value it holds.",
    ),
    click.option("--unit", metavar="TEXT", help="With --attribute: the unit of a number."),
    click.option("--least", type=float, metavar="NUMBER", help="With --attribute: the smallest number."),
    click.option("--most", type=float, metavar="NUMBER", help="With --attribute: the largest number."),
    click.option("--step", type=float, metavar="NUMBER", help="With --attribute: the step between numbers; 1: whole."),
    click.option("--list", "entries", metavar="ID", help="With --attribute: the list that entities are from."),
    click.option("--title", help="With --attribute: its title on screen."),
    click.option("--labels", metavar="A,B,...", help="With --attribute: the labels that have it; by default all."),
    click.option("--default", metavar="VALUE", help="With --attribute: the value of new annotations."),
    click.option("--required", is_flag=True, help="With --attribute: a finished annotation must have it."),
    click.option("--fill", metavar="VALUE", help="With --attribute: the value for existing annotations."),
)
_OF_NUMBER = ("unit", "least", "most", "step", "entries")
_OF_ATTRIBUTE = ("kind", "title", "labels", "default", "required", "fill", *_OF_NUMBER)
_NEEDS = "migrate needs --rename, --merge, --delete, --split or --attribute"
_PLAIN = ("rename", "merge", "delete")


def migration_options(function: Any) -> Any:  # noqa: ANN401
    """Add the options to a command; they are passed to it as keyword arguments."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def is_asked(asked: dict[str, Any]) -> bool:
    """Return whether any of the options was given."""
    return any(asked.values())


def run(project: Path, asked: dict[str, Any], *, dry_run: bool, as_json: bool, annotator: str | None) -> None:
    """Make the requested changes, or show what they would change. Raises click.UsageError for invalid combinations."""
    with opened(project, write=not dry_run, annotator=annotator) as session, ProgressLine("changing") as progress:

        def report(done: int, total: int) -> None:
            progress(done, total, "documents")

        parts = [text for word in _PLAIN for text in asked[word] if names_part(text)]
        if parts:
            _require_alone(asked, parts)
            draft = changed_draft(session, **{word: asked[word] for word in _PLAIN})
            made = draft.plan(session, progress=report) if dry_run else draft.apply(session, progress=report)
            _tell(made, dry_run=dry_run, as_json=as_json)
            return
        outside = outside_labels(session) if any(asked[word] for word in _PLAIN) else []
        wanted = _wanted(asked, outside)
        _require_fitting(session.scheme, asked, outside)
        do = plan if dry_run else migrate
        done = do(session, wanted, progress=report)
    _tell(done, dry_run=dry_run, as_json=as_json)


def _require_alone(asked: dict[str, Any], parts: Sequence[str]) -> None:
    """Raise UsageError if labels are to be changed, or something added, together with other parts."""
    if len(parts) != sum(len(asked[word]) for word in _PLAIN) or asked["split"] or asked["attribute"]:
        raise click.UsageError(f"{parts[0]} and changes of labels must be separate steps: make them one at a time")


def _tell(done: Migration | None, *, dry_run: bool, as_json: bool) -> None:
    if done is None:
        return
    if as_json:
        show_json([as_dict(done, dry_run=dry_run)])
        return
    for line in lines(done, dry_run=dry_run):
        show(line)


def _wanted(asked: dict[str, Any], outside: Sequence[tuple[str, str]]) -> list[SchemeChange]:
    kinds = [bool(any(asked[word] for word in _PLAIN)), bool(asked["split"]), bool(asked["attribute"])]
    if not any(kinds):
        raise click.UsageError(_NEEDS)
    if sum(kinds) > 1:
        raise click.UsageError("a split or a new attribute must be a separate step: make the changes one at a time")
    if bool(asked["by"]) != bool(asked["split"]):
        raise click.UsageError("--split needs --by" if asked["split"] else "--by needs --split")
    stray = next((word for word in _OF_ATTRIBUTE if asked[word] not in (None, False) and not asked["attribute"]), None)
    if stray is not None:
        raise click.UsageError(f"--{'list' if stray == 'entries' else stray} needs --attribute")
    if asked["split"]:
        return [_split(asked["split"], asked["by"])]
    if asked["attribute"]:
        return [_attribute(asked)]
    return [change for word in _PLAIN for change in _label_changes(word, asked[word], outside)]


def _label_changes(word: str, texts: Sequence[str], outside: Sequence[tuple[str, str]]) -> list[LabelChange]:
    """Return the changes that an option asks for. Names of `outside` labels, which needn't be ids, may contain a dot or
    an equals sign; an id of the scheme has neither. Those whose accents are composed and decomposed are one name.
    """
    found: list[LabelChange] = []
    places: dict[str, list[tuple[str, str]]] = {}
    for place in outside:
        places.setdefault(canonical(".".join(place)), []).append(place)
    for text in texts:
        old, equals, new = (text, "", "") if word == "delete" and canonical(text) in places else text.rpartition("=")
        if not equals:
            old, new = text, ""
        for layer, label in places.get(canonical(old), [(old.partition(".")[0], old.partition(".")[2])]):
            if not (layer and label) or bool(equals and new) is (word == "delete"):
                what = "LAYER.LABEL" if word == "delete" else "LAYER.OLD=NEW"
                raise click.UsageError(f"--{word} takes {what}, not “{text}”")
            found.append(LabelChange(layer, label, new or None))
    return found


def _require_fitting(scheme: Scheme, asked: dict[str, Any], outside: Sequence[tuple[str, str]]) -> None:
    """Raise UsageError if a label would be merged that should be renamed, or vice versa."""
    for word in ("rename", "merge"):
        for change in _label_changes(word, asked[word], outside):
            known = change.new is not None and scheme.label(change.layer, change.new) is not None
            if word == "rename" and known:
                raise click.UsageError(f"{change.layer} already has a label {change.new}: use --merge")
            if word == "merge" and not known and scheme.label(change.layer, change.old) is not None:
                raise click.UsageError(f"{change.layer} has no label {change.new}: use --rename")


# -- splits ------------------------------------------------------------------------------------------------------------


def _split(text: str, rules: Sequence[str]) -> SplitLabel:
    old, _, new = text.partition("=")
    layer, _, label = old.partition(".")
    labels = [item.strip() for item in new.split(",") if item.strip()]
    if not (layer and label and labels):
        raise click.UsageError(f"--split takes LAYER.OLD=A,B, not “{text}”")
    parts = tuple(_part(rule) for rule in rules)
    for part in parts:
        if part.label not in labels:
            raise click.UsageError(f"--by names {part.label}, which isn't one of {', '.join(labels)}")
    idle = next((item for item in labels[1:] if all(part.label != item for part in parts)), None)
    if idle is not None:
        raise click.UsageError(f"no rule says which annotations become {idle}: add --by {idle}:...")
    return SplitLabel(layer, label, labels[0], parts)


def _part(text: str) -> SplitPart:
    label, colon, rule = text.partition(":")
    field, sign, rest = _divided(rule)
    if not (label and colon and field and rest):
        raise click.UsageError(
            f"--by takes LABEL:FIELD=VALUE, LABEL:quote=WORDS or LABEL:quote~EXPRESSION, not “{text}”"
        )
    if field != "quote":
        if sign != "=":
            raise click.UsageError(f"--by {text}: only quote takes “{sign}”")
        return SplitPart(label, field=field, values=tuple(_given(item) for item in rest.split("|") if item))
    if sign == "~":
        return SplitPart(label, pattern=rest)
    words = _lines_of(rest) if sign == "@" else rest.split("|")
    return SplitPart(label, quotes=tuple(word.strip() for word in words if word.strip()))


def _divided(rule: str) -> tuple[str, str, str]:
    at = next((n for n, char in enumerate(rule) if char in "=~@"), len(rule))
    return rule[:at], rule[at : at + 1], rule[at + 1 :]


def _lines_of(name: str) -> list[str]:
    try:
        return decode_marked(Path(name).read_bytes()).splitlines()
    except (OSError, ValueError) as error:
        why = "isn't UTF-8" if isinstance(error, ValueError) else "can't be read"
        raise click.UsageError(f"--by: {name} {why}") from error


def _given(text: str) -> Given:
    return {"true": True, "false": False}.get(text, text)


# -- attributes --------------------------------------------------------------------------------------------------------


def _attribute(asked: dict[str, Any]) -> AddAttribute:
    text: str = asked["attribute"]
    name, _, listed = text.partition("=")
    layer, _, id = name.partition(".")
    values = tuple(Value(id=item, title="") for item in listed.split("|") if item)
    kind = FieldKind(asked["kind"] or ("choice" if values else "text"))
    has_values = kind in (FieldKind.CHOICE, FieldKind.MANY) or (kind is FieldKind.SCALE and asked["least"] is None)
    if not (layer and id) or bool(values) != has_values:
        raise click.UsageError(f"--attribute takes LAYER.ID=VALUE|VALUE, or LAYER.ID with --kind, not “{text}”")
    labels = tuple(item.strip() for item in (asked["labels"] or "").split(",") if item.strip())
    attribute = Attribute(
        id=id,
        title=asked["title"] or "",
        kind=kind,
        values=values,
        labels=labels,
        required=asked["required"],
        unit=asked["unit"] or "",
        least=asked["least"],
        most=asked["most"],
        step=asked["step"] or 0,
        entries=asked["entries"] or "",
    )
    default = _value(attribute, "default", asked["default"])
    fill = _value(attribute, "fill", asked["fill"])
    return AddAttribute(layer, msgspec.structs.replace(attribute, default=default), fill)


def _value(attribute: Attribute, option: str, text: str | None) -> Given | None:
    try:
        return field_values.read(attribute, text or "")
    except ValueError as error:
        wrong = field_values.complaint(attribute, text) or str(error)
        raise WrongUse(f"“{attribute.id}” can't be “{text}”", hint=f"--{option} must be {wrong}") from error
