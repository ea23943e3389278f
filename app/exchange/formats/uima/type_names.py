"""The names of UIMA's types: which of their features is the label, and which type a layer of ours becomes.

Those of DKPro Core, which INCEpTION brings along, are known; its own layers are named `webanno.custom.NAME`.
"""

import re
import unicodedata
from collections.abc import Collection

DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
CUSTOM = "webanno.custom."
ANNOTATION = "uima.tcas.Annotation"
TOKEN = f"{DKPRO}segmentation.type.Token"
SENTENCE = f"{DKPRO}segmentation.type.Sentence"
POS = f"{DKPRO}lexmorph.type.pos.POS"
DEPENDENCY = f"{DKPRO}syntax.type.dependency.Dependency"
ENTITY = f"{DKPRO}ner.type.NamedEntity"
CORRECTION_TYPE = f"{DKPRO}transform.type.SofaChangeAnnotation"
META = f"{DKPRO}metadata.type.DocumentMetaData"
DOCUMENT_ANNOTATION = "uima.tcas.DocumentAnnotation"
FRAGMENT = f"{CUSTOM}Fragment"
"""Further pieces of a mark of several: UIMA's annotations have one range."""
FRAGMENTS = "fragments"
RELATION = f"{CUSTOM}Relation"
LINK_SUFFIX = "Link"
CHAIN_SUFFIX = "Chain"
CHAIN_LABEL = "referenceType"
CHAIN_LINK = "referenceRelation"
GOVERNOR = "Governor"
DEPENDENT = "Dependent"
COMMENT = "comment"
CORRECTION = "correction"
IDENTIFIER = "identifier"

# The feature that says what an annotation is, by type; "" where the type itself does, and the features are its values.
_LABELS = {
    ENTITY: "value",
    POS: "PosValue",
    DEPENDENCY: "DependencyType",
    f"{DKPRO}syntax.type.chunk.Chunk": "chunkValue",
    f"{DKPRO}semantics.type.SemPred": "category",
    f"{DKPRO}segmentation.type.Lemma": "",
    f"{DKPRO}segmentation.type.Stem": "",
    f"{DKPRO}segmentation.type.SurfaceForm": "",
    f"{DKPRO}lexmorph.type.morph.MorphologicalFeatures": "",
    CORRECTION_TYPE: "",
    TOKEN: "",
    SENTENCE: "",
    FRAGMENT: "",
}
FEATURES = {
    ENTITY: ("identifier", "value"),
    POS: ("PosValue", "coarseValue"),
    DEPENDENCY: ("DependencyType", "flavor"),
    f"{DKPRO}syntax.type.chunk.Chunk": ("chunkValue",),
    f"{DKPRO}segmentation.type.Lemma": ("value",),
    f"{DKPRO}segmentation.type.Stem": ("value",),
}
"""The features that INCEpTION's own layers have."""
_TELLING = ("value", "label", "type", "category", "class", "tag", "kind")
_TAKEN = {"begin", "end", "sofa", "self", "type", "value", GOVERNOR, DEPENDENT, COMMENT, CORRECTION, FRAGMENTS}
_MADE_FROM = {
    re.sub(r"\W|_", "", name.rpartition(".")[2]).casefold(): name
    for name in (ENTITY, POS, f"{DKPRO}segmentation.type.Lemma", f"{DKPRO}syntax.type.chunk.Chunk")
}


def short_name(type_: str) -> str:
    """Return the name of a type without its package."""
    return type_.rpartition(".")[2] or type_


def layer_name(type_: str, *, is_chain: bool = False) -> str:
    """Return the layer that the annotations of a type belong to. Those of a chain are its links."""
    name = short_name(type_)
    if is_chain and name.endswith(LINK_SUFFIX) and name != LINK_SUFFIX:
        return name.removesuffix(LINK_SUFFIX)
    return short_name(base_type(type_))


def base_type(type_: str) -> str:
    """Return the type that the layer has: DKPro Core's subtypes of POS, such as POS_NOUN, are POS."""
    return POS if type_.startswith(f"{POS}_") else type_


def label_feature(type_: str, features: Collection[str]) -> str:
    """Return which of a type's features, of which `features` have one value, is the label; "" if none is."""
    known = _LABELS.get(base_type(type_))
    if known is not None:
        return known
    named = next((name for name in _TELLING if name in features), None)
    if named is not None:
        return named
    rest = [name for name in features if name not in (COMMENT, CORRECTION, IDENTIFIER, CHAIN_LINK, CHAIN_LABEL)]
    return rest[0] if len(rest) == 1 else ""


def is_segmentation(type_: str) -> bool:
    """Whether a type is a part of every text, such as its tokens, and not somebody's annotation."""
    return type_ in (TOKEN, SENTENCE, META, DOCUMENT_ANNOTATION)


def type_of_layer(layer: str, taken: Collection[str]) -> str:
    """Return a type for a layer that didn't come from a CAS, other than those that are taken."""
    plain = re.sub(r"\W|_", "", layer).casefold()
    if plain in _MADE_FROM and _MADE_FROM[plain] not in taken:
        return _MADE_FROM[plain]
    words = re.split(r"[^A-Za-z0-9]+", _latin(layer))
    stem = "".join(word[:1].upper() + word[1:] for word in words if word)
    stem = stem if stem[:1].isalpha() else f"Layer{stem}"
    found, number = f"{CUSTOM}{stem}", 2
    while found in taken or found in (FRAGMENT, RELATION):
        found, number = f"{CUSTOM}{stem}{number}", number + 1
    return found


def feature_of(name: str) -> str:
    """Return the name of the feature in which a field is kept: letters, digits and `_`."""
    found = re.sub(r"[^A-Za-z0-9_]", "_", _latin(name))
    found = found if found[:1].isalpha() else f"f_{found}"
    return f"{found}_" if found in _TAKEN else found


def _latin(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
