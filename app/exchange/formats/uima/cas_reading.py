"""Reads the annotations of a CAS, as the library has it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.uima.content import (
    CasAbout,
    CasChain,
    CasContent,
    CasKeys,
    CasLink,
    CasRelation,
    CasSentence,
    CasSpan,
)
from app.exchange.formats.uima.kept_types import BASE, ENDS, LINK, SUPER
from app.exchange.formats.uima.safe_names import plain
from app.exchange.formats.uima.type_names import (
    ANNOTATION,
    DEPENDENCY,
    DEPENDENT,
    DOCUMENT_ANNOTATION,
    GOVERNOR,
    META,
    POS,
    SENTENCE,
    TOKEN,
    base_type,
)

_BASE_TYPE = "uima.cas.AnnotationBase"
_INITIAL = "_InitialView"
_POSITION = ("sofa", "begin", "end")
_SOURCES, _TARGETS = ("governor", "source", "from", "head", "arg1"), ("dependent", "target", "to", "child", "arg2")
_TITLE = "documentTitle"
_META = ("documentId", "documentUri", "collectionId")


class _Shape(NamedTuple):
    """What a type is: kind is token, sentence, meta, relation, link (of a chain), head (of one), span, about or other.

    `values` are its features with one value or a list of them, with their ranges.
    """

    kind: str
    values: Mapping[str, str]
    references: tuple[str, ...]
    lists: tuple[str, ...]
    ends: tuple[str, str] = ("", "")


class CasReading:
    """Reads a CAS. `content` has what it says, `types` the features of its types."""

    def __init__(self, cas: Any, options: ReadOptions, name: str) -> None:  # noqa: ANN401  the library's
        """Raise FormatError for a CAS without a text."""
        self._options = options
        self._name = name
        self._system = cas.typesystem
        self._shapes: dict[str, _Shape] = {}
        view = self._view(cas)
        self.content = CasContent(text=view.sofa_string)
        self.types: dict[str, dict[str, str]] = {}
        self._spans: dict[int, CasSpan] = {}  # by id in the file
        self._type_of: dict[str, str] = {}  # by key
        self._keys = CasKeys()
        members = list(view.select_all_fs())
        self._read_spans(sorted(filter(self._is_annotation, members), key=lambda fs: (fs.begin, -fs.end)))
        for fs in members:
            match self._shape(fs).kind:
                case "head":
                    self._read_chain(fs.first)
                case "relation":
                    self._read_relation(fs)
                case "about":
                    self._read_about(fs)
                case _:
                    pass
        self._read_loose_chains(members)
        for fs in members:
            if fs.xmiID in self._spans:
                self._read_links(fs)

    def _view(self, cas: Any) -> Any:  # noqa: ANN401
        """Return the first view with a text. Others are noted."""
        names = [sofa.sofaID for sofa in cas.sofas]
        views = [cas.get_view(name) for name in sorted(names, key=lambda name: name != _INITIAL)]
        texts = [view for view in views if view.sofa_string is not None]
        if not texts:
            where = next((view.sofa_uri for view in views if view.sofa_uri), None)
            what = f"its text is elsewhere, at {str(where)[:80]}" if where else "it has no text"
            raise FormatError(what, hint="export it with its text")
        if len(texts) > 1:
            what = "further texts (views) of a CAS, left out"
            self._options.report.note("view", what, self._name, count=len(texts) - 1)
        return texts[0]

    def _is_annotation(self, fs: Any) -> bool:  # noqa: ANN401
        return self._shape(fs).kind in ("token", "sentence", "meta", "span", "link", "relation")

    def _shape(self, fs: Any) -> _Shape:  # noqa: ANN401
        name = fs.type.name
        if name not in self._shapes:
            self._shapes[name] = self._shape_of(fs.type)
        return self._shapes[name]

    def _shape_of(self, type_: Any) -> _Shape:  # noqa: ANN401
        values: dict[str, str] = {}
        references: list[str] = []
        lists: list[str] = []
        for feature in type_.all_features:
            range_ = feature.rangeType
            if feature.name in _POSITION:
                continue
            if self._system.is_primitive(range_) or self._system.is_primitive_array(range_):
                values[feature.name] = range_.name
            elif range_.name in ("uima.cas.FSArray", "uima.cas.FSList"):
                lists.append(feature.name)
            elif not self._system.is_primitive_list(range_):
                references.append(feature.name)
        is_annotation = self._system.is_instance_of(type_, ANNOTATION)
        kind = self._kind(type_, is_annotation, references)
        ends = _ends(references) if kind == "relation" else ("", "")
        return _Shape(kind, values, tuple(references), tuple(lists), ends)

    def _kind(self, type_: Any, is_annotation: bool, references: list[str]) -> str:  # noqa: ANN401
        for kind, name in (("token", TOKEN), ("sentence", SENTENCE), ("meta", DOCUMENT_ANNOTATION)):
            if self._system.contains_type(name) and self._system.is_instance_of(type_, name):
                return kind
        if type_.name == META:
            return "meta"
        if is_annotation:
            if "next" in references:
                return "link"
            return "relation" if any(_ends(references)) else "span"
        if "first" in references:
            return "head"
        is_about = self._system.is_instance_of(type_, _BASE_TYPE) and type_.name != "uima.cas.Sofa"
        return "about" if is_about else "other"

    def _read_spans(self, annotations: Iterable[Any]) -> None:
        for fs in annotations:
            shape = self._shape(fs)
            match shape.kind:
                case "token":
                    if fs.begin < fs.end:
                        self.content.tokens.append((fs.begin, fs.end))
                case "sentence":
                    id = fs["id"] if "id" in shape.values else None
                    self.content.sentences.append(CasSentence(fs.begin, fs.end, id or ""))
                case "meta":
                    self._read_meta(fs, shape)
                case "relation":
                    pass
                case _:
                    self._add_span(fs, shape)

    def _add_span(self, fs: Any, shape: _Shape) -> None:  # noqa: ANN401
        name = fs.type.name
        key, place = self._keys.numbered(base_type(name), f"{fs.begin}-{fs.end}")
        span = CasSpan(key=key, type=name, start=fs.begin, end=fs.end, place=place, known=_single(shape))
        span.features = self._values(fs, shape)
        self._spans[fs.xmiID] = span
        self._type_of[key] = name
        self.content.spans.append(span)
        self._remember(fs.type, shape)

    def _read_meta(self, fs: Any, shape: _Shape) -> None:  # noqa: ANN401
        language = fs["language"] if "language" in shape.values else None
        if language and language != "x-unspecified":
            self.content.meta["language"] = str(language)
        if fs.type.name == META:
            self.content.title = str(fs[_TITLE] or "")
            self.content.meta |= {name: fs[name] for name in _META if name in shape.values and fs[name]}

    def _values(self, fs: Any, shape: _Shape) -> dict[str, Any]:  # noqa: ANN401
        found: dict[str, Any] = {}
        for name in shape.values:
            value = fs[name]
            if value is not None:
                found[plain(name)] = list(value.elements or ()) if hasattr(value, "elements") else value
        return found

    def _read_links(self, fs: Any) -> None:  # noqa: ANN401
        shape = self._shape(fs)
        span = self._spans[fs.xmiID]
        for name in shape.lists:
            for item in _items(fs[name]):
                if item is not None:
                    span.links.append(self._link(plain(name), item))
            if span.links and fs.type.name in self.types:
                last = span.links[-1]
                filler = self._type_of.get(last.target, ANNOTATION)
                self.types[fs.type.name].setdefault(plain(name), f"{LINK}{last.type}>{filler}")
        for name in shape.references:
            if fs[name] is not None and not (shape.kind == "link" and name == "next"):
                span.links.append(self._link(plain(name), fs[name]))
                self.types[fs.type.name].setdefault(plain(name), f"{LINK}>")

    def _link(self, feature: str, item: Any) -> CasLink:  # noqa: ANN401
        if item.xmiID in self._spans or self._system.is_instance_of(item.type, ANNOTATION):
            return CasLink(feature=feature, target=self._end(item))
        shape = self._shape(item)
        values = self._values(item, shape)
        target = item["target"] if "target" in shape.references else None
        role = values.pop("role", None)
        link = CasLink(feature=feature, target="" if target is None else self._end(target), type=item.type.name)
        link.role = None if role is None else str(role)
        link.features = values
        self._remember(item.type, shape)
        return link

    def _read_relation(self, fs: Any) -> None:  # noqa: ANN401
        shape = self._shape(fs)
        name = fs.type.name
        ends = [fs[end] for end in shape.ends]
        if any(end is None for end in ends):
            self._options.report.note("relation", "relations without one of their ends, left out", self._name)
            return
        one, other = (self._end(end, is_dependency=name == DEPENDENCY) for end in ends)
        if not one or not other:
            self._options.report.note("relation", "relations one of whose ends isn't an annotation", self._name)
            return
        key = self._keys.key(name, f"{one} -> {other}")
        made = CasRelation(key=key, type=name, source=one, target=other, known=_single(shape))
        made.features = self._values(fs, shape)
        self.content.relations.append(made)
        self._remember(fs.type, shape)
        base = POS if name == DEPENDENCY else base_type(self._type_of.get(one, ANNOTATION))
        self.types[name].setdefault(BASE, base)

    def _read_about(self, fs: Any) -> None:  # noqa: ANN401
        shape = self._shape(fs)
        key = self._keys.key(fs.type.name)
        made = CasAbout(key=key, type=fs.type.name, features=self._values(fs, shape), known=_single(shape))
        self.content.about.append(made)
        self._remember(fs.type, shape)

    def _read_chain(self, first: Any) -> None:  # noqa: ANN401
        members: list[str] = []
        link, seen = first, set[int]()
        while link is not None and link.xmiID not in seen:
            seen.add(link.xmiID)
            if link.xmiID in self._spans:
                members.append(self._spans[link.xmiID].key)
            link = link["next"] if self._shape(link).kind == "link" else None
        if members:
            self.content.chains.append(CasChain(type=first.type.name, members=members))

    def _read_loose_chains(self, members: Iterable[Any]) -> None:
        """Read chains that have no head."""
        links = [fs for fs in members if self._shape(fs).kind == "link"]
        reached = {key for chain in self.content.chains for key in chain.members}
        loose = [fs for fs in links if self._spans[fs.xmiID].key not in reached]
        followed = {fs["next"].xmiID for fs in loose if fs["next"] is not None}
        for fs in loose:
            if fs.xmiID not in followed:
                self._read_chain(fs)

    def _end(self, fs: Any, *, is_dependency: bool = False) -> str:  # noqa: ANN401
        """Return the key of what a relation or slot leads to; "" if that is no annotation of the text."""
        if self._shape(fs).kind == "token":
            pos = fs["pos"] if is_dependency and "pos" in self._shape(fs).references else None
            if pos is not None and pos.xmiID in self._spans:
                return self._spans[pos.xmiID].key
            if fs.xmiID not in self._spans:
                # Tokens aren't annotations, but what relations link must be marks.
                key = f"{TOKEN} {fs.begin}-{fs.end}"
                self._spans[fs.xmiID] = CasSpan(key=key, type=TOKEN, start=fs.begin, end=fs.end)
                self._type_of[key] = TOKEN
                self.content.spans.append(self._spans[fs.xmiID])
        found = self._spans.get(fs.xmiID)
        return found.key if found is not None else ""

    def _remember(self, type_: Any, shape: _Shape) -> None:  # noqa: ANN401
        if type_.name in self.types:
            return
        self.types[type_.name] = {plain(name): range_ for name, range_ in shape.values.items()}
        if type_.supertype.name not in (ANNOTATION, _BASE_TYPE, "uima.cas.TOP"):
            self.types[type_.name][SUPER] = type_.supertype.name
        if shape.kind == "relation" and shape.ends != (GOVERNOR, DEPENDENT):
            self.types[type_.name][ENDS] = " ".join(map(plain, shape.ends))


def _single(shape: _Shape) -> tuple[str, ...]:
    return tuple(plain(name) for name, range_ in shape.values.items() if not range_.endswith("Array"))


def _items(value: Any) -> Iterable[Any]:  # noqa: ANN401
    """Return the elements of an array or a list."""
    if value is None:
        return []
    if hasattr(value, "elements"):
        return value.elements or []
    if isinstance(value, list):
        return value  # pyright: ignore[reportUnknownVariableType]
    found: list[Any] = []
    seen: set[int] = set()
    while getattr(value, "head", None) is not None and id(value) not in seen:
        seen.add(id(value))
        found.append(value.head)
        value = value.tail
    return found


def _ends(references: list[str]) -> tuple[str, str]:
    """Return the features that are the ends of a relation, of a type's references; empty if it is none."""
    if GOVERNOR in references and DEPENDENT in references:
        return GOVERNOR, DEPENDENT
    if len(references) != 2:  # noqa: PLR2004  two ends
        return "", ""
    one, other = references
    if plain(one).casefold() in _TARGETS or plain(other).casefold() in _SOURCES:
        return other, one
    return one, other
