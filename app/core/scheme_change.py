"""Changes of a scheme that affect existing annotations, as values: previewed, applied, and stored in the project."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from app.core import field_values
from app.core.errors import WrongUse
from app.core.scheme import SEVERITY, Attribute, FieldKind, Scheme

Given = str | bool | int | float | list[str] | dict[str, str]
"""The value of an attribute, as `field_values` says."""

_MOST_LISTED = 30


class LabelChange(msgspec.Struct, frozen=True, tag="label"):
    """A label of a layer is renamed to `new`, merged into it if it exists, or deleted if it is None."""

    layer: str
    old: str
    new: str | None

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"{self.layer}.{self.old} → {self.new}" if self.new is not None else f"{self.layer}.{self.old} deleted"


class SplitPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """The annotations of a split label that become `label`: those with one of the `values` in an attribute or
    `severity` (`field`), with one of the `quotes` (ignoring case and kinds of white space), or with a quote that the
    regular expression `pattern` matches. Exactly one of the three is given.
    """

    label: str
    field: str = ""
    values: tuple[Given, ...] = ()
    quotes: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def title(self) -> str:
        """The rule in words."""
        if self.field:
            return f"{self.field} is {' or '.join(map(str, self.values))}"
        return f"the words match {self.pattern}" if self.pattern else f"the words are in a list of {len(self.quotes):,}"


class SplitLabel(msgspec.Struct, frozen=True, tag="split"):
    """A label is split into several. The first part whose rule matches applies; an annotation without one gets `rest`.

    The old label is kept in the scheme if it is one of them.
    """

    layer: str
    old: str
    rest: str
    parts: tuple[SplitPart, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it is split into, `rest` first."""
        return tuple(dict.fromkeys((self.rest, *(part.label for part in self.parts))))

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"{self.layer}.{self.old} → {', '.join(self.labels)}"


class AddAttribute(msgspec.Struct, frozen=True, tag="attribute"):
    """A layer gets a new attribute. Annotations that can have it get `fill`; with None it stays empty, which leaves a
    rule unmet if it is required.
    """

    layer: str
    attribute: Attribute
    fill: Given | None = None

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"{self.layer}: new attribute {self.attribute.id}"


class RelationChange(msgspec.Struct, frozen=True, tag="relation"):
    """Relations of a type become those of another one, `new`, or are deleted if it is None."""

    old: str
    new: str | None

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"relation {self.old} {_becomes(self.new)}"


class FieldChange(msgspec.Struct, frozen=True, tag="field", omit_defaults=True):
    """What annotations of a layer (or, with `of_relations`, relations of a type) have in a field is in another one,
    `new`, unless they have something in that; or it is dropped if `new` is None.
    """

    owner: str
    old: str
    new: str | None
    of_relations: bool = False

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"{self.owner}: field {self.old} {_becomes(self.new)}"


class ValueChange(msgspec.Struct, frozen=True, tag="value", omit_defaults=True):
    """A value that annotations of a layer (or, with `of_relations`, relations of a type) have in a `field`, or as
    `severity`, becomes another one, `new`, or is dropped if that is None.
    """

    owner: str
    field: str
    old: str
    new: str | None
    of_relations: bool = False

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"{self.owner}: {self.field} {self.old} {_becomes(self.new)}"


def _becomes(new: str | None) -> str:
    return "deleted" if new is None else f"→ {new}"


PartChange = RelationChange | FieldChange | ValueChange
SchemeChange = LabelChange | SplitLabel | AddAttribute | RelationChange | FieldChange | ValueChange


class SchemeStory(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a scheme became the current one: by an action of the log (sequence), with changes from the previous scheme,
    or as a return (`is_back`) to an earlier one.
    """

    log: int = 0
    changes: tuple[SchemeChange, ...] = ()
    is_back: bool = False


def label_changes(changes: Sequence[SchemeChange]) -> tuple[LabelChange, ...]:
    """Return the changes of labels. Raises WrongUse if a change of another kind isn't the only one."""
    labels = tuple(change for change in changes if isinstance(change, LabelChange))
    if not changes:
        raise WrongUse("there is nothing to change", hint="name a label or an attribute")
    if len(labels) != len(changes) and len(changes) > 1:
        raise WrongUse("a split or a new attribute must be a separate step", hint="make the changes one at a time")
    return labels


def require_outside(scheme: Scheme, change: LabelChange, outside: Collection[tuple[str, str]]) -> None:
    """Raise WrongUse unless the change of a label that the scheme lacks is valid: it is one of the `outside` labels
    (with their layers), which annotations have, and is deleted or becomes a label of the scheme.
    """
    layer, name = scheme.layer(change.layer), f"{change.layer}.{change.old}"
    if (change.layer, change.old) not in outside:
        found = [f"{change.layer} has {_listed(label.id for label in layer.labels)}"] if layer is not None else []
        found += [f"marks also have {_listed(map('.'.join, outside))}"] if outside else []
        what = f"the scheme {scheme.tag} has no label {name}, and no mark has it either"
        raise WrongUse(what, hint="; ".join(found) or "stet scheme PROJECT show lists them")
    if change.new is None:
        return
    if layer is None:
        what = f"the scheme {scheme.tag} has no layer “{change.layer}”, so its marks can only be deleted"
        raise WrongUse(what, hint="use --delete, or apply a scheme that has the layer")
    if layer.label(change.new) is None:
        what = f"{name} isn't in the scheme, so it can only be merged into a label that is, or deleted"
        hint = f"use --merge with one of {_listed(label.id for label in layer.labels)}, or --delete"
        raise WrongUse(what, hint=hint)


def _listed(names: Iterable[str]) -> str:
    """Return names in a row, of many only the first."""
    known = list(names)
    more = [f"and {len(known) - _MOST_LISTED:,} more"] if len(known) > _MOST_LISTED else []
    return ", ".join([*known[:_MOST_LISTED], *more])


def require_split(scheme: Scheme, change: SplitLabel) -> None:
    """Raise WrongUse unless the split is valid for the scheme."""
    layer = scheme.layer(change.layer)
    if layer is None or layer.label(change.old) is None:
        what = f"the scheme {scheme.tag} has no label {change.layer}.{change.old}"
        raise WrongUse(what, hint="stet scheme PROJECT show lists them")
    if len(change.labels) < 2:
        raise WrongUse(f"{change.layer}.{change.old} isn't split by this", hint="name two labels or more")
    for part in change.parts:
        given = [bool(part.field and part.values), any(text.strip() for text in part.quotes), bool(part.pattern)]
        if sum(given) != 1 or bool(part.field) != bool(part.values):
            raise WrongUse(f"no rule says which marks become {part.label}", hint="name values, words or an expression")
        if part.field:
            _require_values(scheme, change, part)


def _require_values(scheme: Scheme, change: SplitLabel, part: SplitPart) -> None:
    layer = scheme.layer(change.layer)
    field = layer.attribute(part.field) if layer is not None else None
    known: Sequence[Given] | None = None
    if part.field == SEVERITY and layer is not None and layer.has_severity:
        known = [item.id for item in scheme.severities]
    elif field is not None and field.applies_to(change.old):
        if field.kind is FieldKind.FLAG:
            known = [True, False]
        elif field.kind.has_values and field.values:
            known = [item.id for item in field.values]
    else:
        hint = "name an attribute of the label, or severity"
        raise WrongUse(f"{change.layer}.{change.old} has no “{part.field}”", hint=hint)
    for value in part.values:
        if known is not None and value not in known:
            listed = ", ".join(str(item).lower() if isinstance(item, bool) else str(item) for item in known)
            raise WrongUse(f"“{part.field}” can't be “{value}”", hint=f"it is one of: {listed}")


def require_attribute(scheme: Scheme, change: AddAttribute) -> None:
    """Raise WrongUse unless the attribute can be added to the layer; the scheme's own rules are checked later."""
    layer = scheme.layer(change.layer)
    attribute = change.attribute
    if layer is None:
        raise WrongUse(f"the scheme {scheme.tag} has no layer “{change.layer}”", hint="stet scheme PROJECT show")
    if layer.attribute(attribute.id) is not None:
        raise WrongUse(f"{layer.id} already has an attribute “{attribute.id}”", hint="choose another id")
    for label in attribute.labels:
        if layer.label(label) is None:
            raise WrongUse(f"the scheme {scheme.tag} has no label {layer.id}.{label}", hint="name labels of the layer")
    for value in (change.fill, attribute.default):
        if value is not None:
            _require_value(attribute, value)


def _require_value(attribute: Attribute, value: Given) -> None:
    wrong = field_values.complaint(attribute, value)
    if wrong:
        raise WrongUse(
            f"“{attribute.id}” can't be “{field_values.shown(attribute, value)}”", hint=f"it must be {wrong}"
        )
