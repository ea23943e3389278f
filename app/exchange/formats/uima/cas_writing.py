"""Makes a CAS, as the library has it, of a document and the work on it."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from app.exchange.formats.uima.cas_system import (
    ARRAY,
    BOOLEAN,
    DOUBLE,
    INTEGER,
    META_FEATURES,
    STRING,
    STRINGS,
    TOP,
    CasSystem,
)
from app.exchange.formats.uima.content import CasAbout, CasContent, CasLink, CasRelation, CasSpan
from app.exchange.formats.uima.kept_types import BASE, ENDS, LINK, SUPER
from app.exchange.formats.uima.library import cassis
from app.exchange.formats.uima.safe_names import accessor
from app.exchange.formats.uima.type_names import (
    ANNOTATION,
    CHAIN_LABEL,
    CHAIN_LINK,
    CHAIN_SUFFIX,
    DEPENDENCY,
    DEPENDENT,
    DKPRO,
    GOVERNOR,
    LINK_SUFFIX,
    META,
    POS,
    SENTENCE,
    TOKEN,
    base_type,
)

_BASE_TYPE = "uima.cas.AnnotationBase"
_WHOLE = ("uima.cas.Integer", "uima.cas.Long", "uima.cas.Short", "uima.cas.Byte")
_LARGEST_INTEGER = 2**31
_OF_TOKENS = {
    POS: "pos",
    f"{DKPRO}segmentation.type.Lemma": "lemma",
    f"{DKPRO}segmentation.type.Stem": "stem",
    f"{DKPRO}lexmorph.type.morph.MorphologicalFeatures": "morph",
}
KNOWN_META = ("language", *META_FEATURES)
"""The metadata of documents that a CAS has a place for."""


class CasWriting:
    """Makes the CAS of one document. `kept` are the features that its types had before."""

    def __init__(
        self,
        content: CasContent,
        kept: Mapping[str, Mapping[str, str]],
        system: CasSystem,
        lose: Callable[[str, str, str], None],
    ) -> None:
        self._content = content
        self._kept = kept
        self._system = system
        self._lose = lose
        self._made: dict[str, Any] = {}  # by key
        self._tokens: dict[tuple[int, int], Any] = {}
        self._fields: dict[str, dict[str, Any]] = {}  # what is set, by key
        # The types must be whole before there is anything of them.
        for span in content.spans:
            self._declare_span(span)
        for relation in content.relations:
            self._declare_relation(relation)
        for about in content.about:
            self._type(about.type, _BASE_TYPE)
            self._declare(about.key, about.type, about.features)
        self._declare_chains()
        self._types: Any = system.built()
        self.cas: Any = cassis().Cas(typesystem=self._types)
        self.cas.sofa_string = content.text
        self.cas.sofa_mime = "text"
        self._write_frame()
        for span in content.spans:
            self._made[span.key] = self._span(span)
        for span in content.spans:
            self._write_links(span)
        self._write_chains()
        for relation in content.relations:
            self._write_relation(relation)
        for about in content.about:
            self._write_about(about)

    def _write_frame(self) -> None:
        """Write metadata, tokens and sentences."""
        content, types = self._content, self._types
        meta = types.get_type(META)
        said = {name: str(content.meta[name]) for name in META_FEATURES if content.meta.get(name)}
        language = str(content.meta.get("language") or "x-unspecified")
        about = meta(begin=0, end=len(content.text), documentTitle=content.title, language=language, **said)
        about.isLastSegment = False
        self.cas.add(about)
        for each in content.sentences:
            made = types.get_type(SENTENCE)(begin=each.start, end=each.end)
            if each.id:
                made.id = each.id
            self.cas.add(made)
        for start, end in content.tokens:
            self._token(start, end)

    def _token(self, start: int, end: int) -> Any:  # noqa: ANN401
        if (start, end) not in self._tokens:
            self._tokens[(start, end)] = made = self._types.get_type(TOKEN)(begin=start, end=end)
            self.cas.add(made)
        return self._tokens[(start, end)]

    def _declare_span(self, span: CasSpan) -> None:
        if span.type == TOKEN:
            return
        self._type(span.type)
        self._declare(span.key, span.type, span.features)
        for number, link in enumerate(span.links):
            range_ = self._system.feature(span.type, link.feature, ARRAY)
            if range_ == ARRAY and not self._is_plain(span, link):
                made = self._link_type(span, link)
                self._type(made, TOP)
                self._system.feature(made, "role", STRING)
                self._system.feature(made, "target", ANNOTATION)
                self._declare(f"{span.key} link {number}", made, link.features)

    def _declare_relation(self, relation: CasRelation) -> None:
        self._type(relation.type)
        for name in self._ends(relation.type):
            self._system.feature(relation.type, name, ANNOTATION)
        self._declare(relation.key, relation.type, relation.features)

    def _declare_chains(self) -> None:
        for chain in self._content.chains:
            self._type(chain.type)
            for name in (CHAIN_LABEL, CHAIN_LINK):
                self._system.feature(chain.type, name, STRING)
            self._system.feature(chain.type, "next", chain.type)
            self._system.type(self._head(chain.type), _BASE_TYPE)
            self._system.feature(self._head(chain.type), "first", chain.type)

    def _declare(self, key: str, type_: str, features: Mapping[str, Any]) -> None:
        """See to it that a type has features; note the values as they are set."""
        said = self._fields[key] = dict[str, Any]()
        for name, value in features.items():
            range_ = self._system.feature(type_, name, _range(value))
            fitting = _fitting(range_, value)
            if fitting is None:
                # Another document had a value of another kind there.
                name = f"{name}_text"  # noqa: PLW2901
                self._system.feature(type_, name, STRING)
                fitting = str(value)
            said[accessor(name)] = fitting

    def _made_of(self, type_: str, fields: Mapping[str, Any], **more: Any) -> Any:  # noqa: ANN401
        """Return something new of a type; lists become arrays."""
        made = self._types.get_type(type_)
        values = {
            name: self._types.get_type(made.get_feature(name).rangeType.name)(elements=value)
            if isinstance(value, list)
            else value
            for name, value in fields.items()
        }
        return made(**values, **more)

    @staticmethod
    def _head(type_: str) -> str:
        return f"{type_.removesuffix(LINK_SUFFIX)}{CHAIN_SUFFIX}"

    def _ends(self, type_: str) -> list[str]:
        return self._kept.get(type_, {}).get(ENDS, f"{GOVERNOR} {DEPENDENT}").split()

    def _is_plain(self, span: CasSpan, link: CasLink) -> bool:
        """Whether nothing stands between a slot and what fills it."""
        return not link.type and self._kept.get(span.type, {}).get(link.feature, "").startswith(f"{LINK}>")

    @staticmethod
    def _link_type(span: CasSpan, link: CasLink) -> str:
        return link.type or f"{span.type}{link.feature.capitalize()}Link"

    def _span(self, span: CasSpan) -> Any:  # noqa: ANN401
        if span.type == TOKEN:
            if span.features:
                self._lose("token-field", "fields of tokens", ", ".join(span.features))
            return self._token(span.start, span.end)
        made = self._made_of(span.type, self._fields[span.key], begin=span.start, end=span.end)
        self.cas.add(made)
        place = _OF_TOKENS.get(base_type(span.type))
        token = self._tokens.get((span.start, span.end))
        if place and token is not None and token[place] is None:
            token[place] = made
        return made

    def _type(self, name: str, supertype: str = ANNOTATION) -> None:
        """Declare a type, with the features that it had before."""
        kept = self._kept.get(name, {})
        self._system.type(name, kept.get(SUPER, supertype))
        for feature, range_ in kept.items():
            if feature in (BASE, SUPER, ENDS) or not range_:
                continue
            if range_.startswith(LINK):
                range_ = TOP if range_ == f"{LINK}>" else ARRAY  # noqa: PLW2901
            self._system.feature(name, feature, range_)

    def _write_links(self, span: CasSpan) -> None:
        made = self._made[span.key]
        by_feature: dict[str, list[Any]] = {}
        for number, link in enumerate(span.links):
            if span.type == TOKEN:
                self._lose("token-slot", "slots of tokens", link.feature)
                continue
            target = self._made.get(link.target)
            filler = target if self._is_plain(span, link) else self._filler(span, number, link, target)
            by_feature.setdefault(link.feature, []).append(filler)
        for name, fillers in by_feature.items():
            range_ = made.type.get_feature(accessor(name)).rangeType.name
            there = [each for each in fillers if each is not None]
            if range_ == ARRAY:
                made[accessor(name)] = self._types.get_type(ARRAY)(elements=there)
                continue
            made[accessor(name)] = there[0] if there else None
            if len(there) > 1:
                self._lose("slot", "further fillers of a slot that has room for one", name)

    def _filler(self, span: CasSpan, number: int, link: CasLink, target: Any) -> Any:  # noqa: ANN401
        """Return what stands between a slot and what fills it; where there is room for nothing, that itself."""
        fields = self._fields.get(f"{span.key} link {number}")
        if fields is None:
            return target
        return self._made_of(self._link_type(span, link), fields, role=link.role, target=target)

    def _write_chains(self) -> None:
        for chain in self._content.chains:
            members = [self._made[key] for key in chain.members]
            for one, other in zip(members, members[1:], strict=False):
                one.next = other
            self.cas.add(self._types.get_type(self._head(chain.type))(first=members[0]))

    def _write_relation(self, relation: CasRelation) -> None:
        ends = [self._made[relation.source], self._made[relation.target]]
        if relation.type == DEPENDENCY:
            # These link tokens, though their ends are shown as the parts of speech on them.
            ends = [self._tokens.get((end.begin, end.end), end) for end in ends]
        made = self._made_of(relation.type, self._fields[relation.key], begin=ends[1].begin, end=ends[1].end)
        for name, end in zip(self._ends(relation.type), ends, strict=False):
            made[accessor(name)] = end
        self.cas.add(made)

    def _write_about(self, about: CasAbout) -> None:
        self.cas.add(self._made_of(about.type, self._fields[about.key]))


def _string(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _range(value: object) -> str:
    if isinstance(value, list):
        return STRINGS
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int) and abs(value) < _LARGEST_INTEGER:
        return INTEGER
    return DOUBLE if isinstance(value, int | float) else STRING


def _number(range_: str, value: object) -> int | float | None:
    try:
        number = float(str(value)) if not isinstance(value, bool) else None
    except ValueError:
        return None
    if number is None or range_ not in _WHOLE:
        return number
    return int(str(value)) if str(value).lstrip("-").isdigit() else int(number) if number.is_integer() else None


def _fitting(range_: str, value: object) -> Any:  # noqa: ANN401
    """Return a value as a feature of a range takes it, None if it can't."""
    if range_.endswith("Array"):
        items = cast("list[object]", value) if isinstance(value, list) else [value]
        return [_string(each) for each in items] if range_ == STRINGS else items
    if isinstance(value, list):
        return None
    if range_ == STRING:
        return _string(value)
    if range_ == BOOLEAN:
        return {"true": True, "false": False}.get(_string(value).lower())
    return _number(range_, value)
