"""A scheme with what it lacks of the annotations of a file: layers, labels, relation types, fields and values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from app.core.record import DocumentRecord
from app.core.scheme import Layer, RelationType, Scheme
from app.services.schemes.observed_scheme import observed_tables
from app.services.schemes.scheme_text import Place, at, values_of, with_tables, with_value


def grown_scheme(scheme: Scheme, records: Iterable[DocumentRecord]) -> str | None:
    """Return the TOML text of the next version of a scheme, with what it lacks of the annotations of records added at
    the ends of its lists; None if it lacks nothing.

    The records' labels are those that they would have in the project, see `LabelMap`. Raises SchemeError if the text
    can't be changed.
    """
    growth = _Growth(scheme)
    found = observed_tables(records)
    for step in found.severities:
        if any(layer.has_severity for layer in scheme.layers):
            growth.add_missing(("severity",), [step])
    for entries in found.lists:
        growth.add_missing(("list",), [entries])
    for table in found.layers:
        growth.add_layer(table)
    for table in found.relations:
        growth.add_relation(table)
    return growth.text()


class _Growth:
    """The text of a scheme that is being added to."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._text = scheme.source

    def text(self) -> str | None:
        """Return the text as the next version, None if nothing was added."""
        if self._text == self._scheme.source:
            return None
        return with_value(self._text, (), "version", self._scheme.version + 1)

    def add_layer(self, table: Mapping[str, Any]) -> None:
        """Add a layer or, if the scheme has it, its labels and fields."""
        owner = self._scheme.layer(str(table["id"]))
        if owner is None:
            self._add(("layer",), _without_keys(table))
            return
        place = ("layer", self._row(("layer",), owner.id))
        self.add_missing((*place, "label"), [_without_keys(each) for each in table["label"]])
        self._add_fields(place, owner, table)

    def add_relation(self, table: Mapping[str, Any]) -> None:
        """Add a relation type or, if the scheme has it, its fields."""
        owner = self._scheme.relation(str(table["id"]))
        if owner is None:
            self._add(("relation",), _without_keys(table))
        else:
            self._add_fields(("relation", self._row(("relation",), owner.id)), owner, table)

    def _add_fields(self, place: Place, owner: Layer | RelationType, table: Mapping[str, Any]) -> None:
        """Add fields, and to fields with values those that they lack."""
        for field in table["attribute"]:
            known = next((each for each in owner.attributes if each.id == field["id"]), None)
            if known is None:
                self._add((*place, "attribute"), _without_keys(field))
            elif known.kind.has_values:
                row = self._row((*place, "attribute"), known.id)
                self.add_missing((*place, "attribute", row, "value"), field.get("value", []))

    def add_missing(self, tables_at: Place, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Add the tables whose ids are in no table of a list."""
        known = {str(each["id"]) for each in self._tables(tables_at)}
        missing: dict[str, Mapping[str, Any]] = {}
        for table in wanted:
            if table["id"] not in known:
                missing.setdefault(str(table["id"]), table)
        self._add(tables_at, *missing.values())

    def _add(self, tables_at: Place, *new_ones: Mapping[str, Any]) -> None:
        filled = [{key: value for key, value in table.items() if value != []} for table in new_ones]
        if filled:
            self._text = with_tables(self._text, tables_at, len(self._tables(tables_at)), filled)

    def _row(self, tables_at: Place, id: str) -> int:
        return next(row for row, each in enumerate(self._tables(tables_at)) if each["id"] == id)

    def _tables(self, tables_at: Place) -> list[Mapping[str, Any]]:
        above = at(values_of(self._text), tables_at[:-1])
        return cast("list[Mapping[str, Any]]", above.get(str(tables_at[-1]), []))


def _without_keys(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table without keys of the keyboard: those of the scheme are its own."""
    return {
        name: [_without_keys(each) for each in value] if isinstance(value, list) and _are_tables(value) else value
        for name, value in table.items()
        if name != "key"
    }


def _are_tables(values: Sequence[object]) -> bool:
    return all(isinstance(each, dict) for each in values)
