"""What is in a model folder of unknown origin that could run code, found without loading any of it.

spaCy calls the functions that a model's configuration names (https://spacy.io/usage/saving-loading), and a component's
own data may be a pickle. Files in the folder are loaded by no more than that.
"""

import configparser
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

from app.core.errors import WrongUse
from app.nlp.trained_models import is_own

_LARGEST_CONFIG = 1 << 20  # bytes
_MOST_FILES = 1000
_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".dill")
_PICKLE_HEADS = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_OWN_PREFIXES = ("spacy.", "spacy-legacy.")
_THINC = re.compile(
    r"(Adam|RAdam|SGD|warmup_linear|compounding|constant|constant_then|decaying|slanted_triangular|cyclic_triangular|"
    r"HashEmbed|Linear|Maxout|Softmax|LayerNorm|Relu|Logistic|chain|glorot_uniform_init|zero_init)\.v\d"
)
_FACTORIES = frozenset(
    """attribute_ruler beam_ner beam_parser doc_cleaner entity_linker entity_ruler future_entity_ruler lemmatizer
    merge_entities merge_noun_chunks merge_subtokens morphologizer ner parser sentencizer senter span_cleaner
    span_finder span_ruler spancat spancat_singlelabel tagger textcat textcat_multilabel tok2vec token_splitter
    trainable_lemmatizer""".split()  # noqa: SIM905  a list of them would be thirty lines
)


class UntrustedModel(WrongUse):
    """A model folder that wasn't trained here, and that nobody has said is to be trusted; `path` is the folder."""


class FolderFindings(NamedTuple):
    """What is in a model folder: functions that aren't spaCy's, components that aren't, Python files, and pickles."""

    functions: tuple[str, ...]
    factories: tuple[str, ...]
    python: tuple[str, ...]
    pickles: tuple[str, ...]

    @property
    def words(self) -> str:
        """What could run code, in words; “” if nothing that is known to."""
        said = [("functions", self.functions), ("components", self.factories), ("Python files", self.python)]
        return "; ".join(f"{what} that aren't spaCy's: {', '.join(found[:5])}" for what, found in said if found)


def findings(folder: Path) -> FolderFindings:
    """Look through a model folder. Raises UntrustedModel if it isn't one, and for one with links or too many files."""
    config = _config(folder)
    functions, factories = set[str](), set[str]()
    for section in config.sections():
        for key, value in config.items(section):
            said = _said(value)
            functions.update(name for name in _functions({key: said}) if not _is_of_spacy(name))
            if key == "factory" and section.startswith("components.") and said not in _FACTORIES:
                factories.add(str(said))
    files = _files(folder)
    python = [path.name for path in files if path.suffix in (".py", ".pyc", ".so", ".pyd", ".dll")]
    pickles = [path.name for path in files if path.suffix.lower() in _PICKLES or _is_pickle(path)]
    return FolderFindings(*(tuple(sorted(found)) for found in (functions, factories, python, pickles)))


def require_trusted(folder: Path, *, is_trusted: bool) -> None:
    """Raise UntrustedModel for a folder that Stet didn't write on this machine, unless somebody said that they trust
    it; and for one with pickles, whoever trusts it.
    """
    try:
        if is_own(folder):
            return
        found = findings(folder)
    except OSError as error:
        raise UntrustedModel(f"the model can't be read ({error})", hint="check the folder", path=folder) from error
    if found.pickles:
        what = f"there are pickles in this model, which can run anything: {', '.join(found.pickles[:5])}"
        raise UntrustedModel(what, hint="models with pickles aren't loaded; ask for one without", path=folder)
    if not is_trusted:
        what = "this model wasn't trained by Stet on this computer, and a model folder can run code when it is loaded"
        hint = "if you trust whoever made it, add --trust-model"
        raise UntrustedModel(f"{what} ({found.words})" if found.words else what, hint=hint, in_window="", path=folder)


def _config(folder: Path) -> configparser.RawConfigParser:
    path = folder / "config.cfg"
    config = configparser.RawConfigParser(delimiters=("=",), strict=False)
    config.optionxform = str  # type: ignore[assignment,method-assign]  keys differ in case
    try:
        if path.stat().st_size > _LARGEST_CONFIG:
            raise UntrustedModel("the configuration of this model is too large", hint="use another model", path=path)
        config.read_string(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        reason = str(error).splitlines()[0]
        raise UntrustedModel(f"this isn't a model of spaCy ({reason})", hint="name its folder", path=path) from error
    return config


def _said(value: str | None) -> object:
    try:
        return json.loads(value or '""')
    except (ValueError, RecursionError):
        return value or ""


def _functions(value: object) -> Iterator[str]:
    """Yield the names of the functions in a value of the configuration, however deep."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if key.startswith("@"):
                yield str(inner)
            yield from _functions(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _functions(inner)


def _is_of_spacy(name: str) -> bool:
    return name.startswith(_OWN_PREFIXES) or _THINC.fullmatch(name) is not None


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise UntrustedModel("there is a link in this model folder", hint="copy the files themselves", path=path)
        if path.is_file():
            found.append(path)
        if len(found) > _MOST_FILES:
            raise UntrustedModel("there are too many files in this folder", hint="name a model's folder", path=folder)
    return found


def _is_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in _PICKLE_HEADS  # a file of msgpack doesn't begin so: an empty map is one byte
