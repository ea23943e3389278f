"""The layers and columns that the first lines of a file of WebAnno TSV 3 declare."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.formats.uima.kept_types import BASE as KEPT_BASE
from app.exchange.formats.uima.kept_types import LINK
from app.exchange.formats.uima.type_names import ANNOTATION, CHAIN_LINK, GOVERNOR

FORMAT_LINE = "#FORMAT=WebAnno TSV "
SPAN, RELATION, CHAIN = "#T_SP=", "#T_RL=", "#T_CH="
ROLE, BASE = "ROLE_", "BT_"
_VERSION = re.compile(r"(\d+)\.(\d+)\s*")


class TsvColumn(NamedTuple):
    """A column. `kind` is value, role, target, base or place (no feature); `type` that of links, fillers or ends."""

    kind: str
    feature: str = ""
    type: str = ""


class TsvLayer(NamedTuple):
    """A layer: the line's prefix, the type, and the columns in order."""

    kind: str
    type: str
    columns: tuple[TsvColumn, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """The features with one value."""
        return tuple(column.feature for column in self.columns if column.kind == "value")

    @property
    def ranges(self) -> dict[str, str]:
        """What is to be remembered of the features: the types of slots and of the ends of relations."""
        found: dict[str, str] = {}
        for column, after in zip(self.columns, (*self.columns[1:], TsvColumn("")), strict=True):
            if column.kind == "value":
                found[column.feature] = ""
            elif column.kind == "role":
                found[column.feature] = f"{LINK}{column.type}>{after.type or ANNOTATION}"
            elif column.kind == "base":
                found[KEPT_BASE] = column.type
        return found


def minor_version(line: str) -> int:
    """Return the y of version 3.y. Raises FormatError for a line that isn't that of the format, and other versions."""
    found = _VERSION.fullmatch(line.removeprefix(FORMAT_LINE))
    if not line.startswith(FORMAT_LINE) or found is None:
        raise FormatError(f"the first line isn't “{FORMAT_LINE}3.3”", hint="check that it is such a file")
    if found[1] != "3":
        raise FormatError(f"this is WebAnno TSV {found[0].strip()}", hint="export it as WebAnno TSV 3")
    return int(found[2])


def layers_of(lines: Iterable[tuple[int, str]]) -> list[TsvLayer]:
    """Return the layers that lines declare. Raises FormatError, with the line."""
    found: list[TsvLayer] = []
    for number, line in lines:
        try:
            found.append(_layer(line))
        except ValueError as error:
            hint = "write PREFIX=TYPE|FEATURE|…, as WebAnno does"
            raise FormatError(str(error), hint=hint, line=number) from error
    return found


def _layer(line: str) -> TsvLayer:
    kind = next((each for each in (SPAN, RELATION, CHAIN) if line.startswith(each)), None)
    type_, *fields = line.partition("=")[2].split("|")
    if kind is None or not type_.strip():
        raise ValueError(f"“{line[:40]}” isn't a layer")
    columns: list[TsvColumn] = []
    for field in (field.strip() for field in fields if field.strip()):
        if kind == SPAN and field.startswith(ROLE):
            columns.append(_role(field))
        elif kind == RELATION and field.startswith(BASE):
            columns.append(TsvColumn("base", GOVERNOR, field.removeprefix(BASE)))
        elif columns and columns[-1].kind == "role":
            columns.append(TsvColumn("target", columns[-1].feature, field))
        else:
            columns.append(TsvColumn("value", field))
    if columns and columns[-1].kind == "role":
        raise ValueError(f"the slot “{columns[-1].feature}” has no column of what fills it")
    if kind == RELATION and not any(column.kind == "base" for column in columns):
        raise ValueError(f"the relation {type_} has no column “{BASE}…”")
    if kind == CHAIN and not any(column.feature == CHAIN_LINK for column in columns):
        raise ValueError(f"the chain {type_} has no column “{CHAIN_LINK}”")
    return TsvLayer(kind, type_.strip(), tuple(columns) or (TsvColumn("place"),))


def _role(field: str) -> TsvColumn:
    # ROLE_package.Host:feature_package.Link; both names of features and of packages may have a “_”.
    _, colon, rest = field.removeprefix(ROLE).partition(":")
    package = rest.split(".", 1)[0]
    name, line, _ = package.rpartition("_")
    if not colon or not line or not name:
        raise ValueError(f"“{field[:60]}” isn't {ROLE}TYPE:FEATURE_LINK")
    return TsvColumn("role", name, rest[len(name) + 1 :])


def header_lines(layers: Iterable[TsvLayer]) -> list[str]:
    """Return the lines that declare layers."""
    return [
        f"{layer.kind}{layer.type}|{'|'.join(_declared(layer, each) for each in layer.columns)}" for layer in layers
    ]


def _declared(layer: TsvLayer, column: TsvColumn) -> str:
    match column.kind:
        case "role":
            return f"{ROLE}{layer.type}:{column.feature}_{column.type}"
        case "target":
            return column.type
        case "base":
            return f"{BASE}{column.type}"
        case _:
            return column.feature
