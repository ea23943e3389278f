"""Which files of other programs schemes are read from, by the name and the first characters of the file."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from app.services.schemes.annotation_conf import from_annotation_conf
from app.services.schemes.brat_look import BESIDE
from app.services.schemes.label_config import from_label_config
from app.services.schemes.label_table import from_label_table
from app.services.schemes.scheme_builder import ForeignScheme
from app.services.schemes.thresh_typology import SUFFIXES, from_thresh_typology

DATA = (".json", ".jsonl", ".ndjson", ".ann", ".spacy", ".xmi", ".parquet", ".qdpx", ".sqlite3")
"""The files with annotations that a scheme can be made from."""

PROJECT = ".zip"
"""The suffix of a project of INCEpTION's, whose layers are a scheme."""
DEFINITIONS = (".conf", PROJECT, *SUFFIXES)
"""The suffixes of files that have labels and no annotations."""
KINDS = f"Schemes (*.toml *.xml *.conf *.csv *.tsv *.yml *.yaml *{PROJECT} {' '.join(f'*{suffix}' for suffix in DATA)})"
"""The files that a scheme can be read from, as file dialogs want them."""
_READERS: dict[str, Callable[..., ForeignScheme]] = {
    ".xml": from_label_config,
    ".conf": from_annotation_conf,
    ".csv": from_label_table,
    ".tsv": from_label_table,
    **dict.fromkeys(SUFFIXES, from_thresh_typology),
}


def foreign_scheme(path: PurePath, text: str, beside: Mapping[str, str] | None = None) -> ForeignScheme | None:
    """Return the scheme of a file of another program, None for a TOML file. It is named after the file, or after the
    folder where the name says nothing. `beside` are the texts of files beside it that belong to it, by name; see
    `companions`. Raises SchemeError, with the line.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None and text.lstrip("\ufeff \t\r\n").startswith("<"):
        read = from_label_config
    if read is None:
        return None
    is_general = path.stem.lower() in ("annotation", "config", "label_config", "labels")
    name = path.parent.name if is_general and path.parent.name else path.stem
    if read is from_annotation_conf:
        return from_annotation_conf(text, name, path=str(path), beside=beside)
    return read(text, name, path=str(path))


def companions(path: PurePath) -> Sequence[str]:
    """Return the names of files that belong to one of another program if they lie beside it."""
    return BESIDE if path.suffix.lower() == ".conf" else ()
