"""The files around a trained pipeline that make it a package which pip installs, laid out as `spacy package` does.

See https://spacy.io/api/cli#package.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

MOST_LETTERS = 60

_INIT = """from pathlib import Path

from spacy.util import get_model_meta, load_model_from_init_py

__version__ = get_model_meta(Path(__file__).parent)["version"]


def load(**overrides):
    return load_model_from_init_py(__file__, **overrides)
"""

_PROJECT = """[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"

[project]
name = {name}
version = {version}
description = {description}
readme = "README.md"
requires-python = ">=3.9"
dependencies = [{spacy}]

[project.entry-points.spacy_models]
{key} = {key_value}

[tool.setuptools]
packages = [{key_value}]
include-package-data = true

[tool.setuptools.package-data]
{key} = ["**/*"]
"""


def model_name(*words: str) -> str:
    """Return a name for a model made of words, as a part of an identifier of Python."""
    parts = (re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_") for word in words)
    return "_".join(filter(None, parts))[:MOST_LETTERS].rstrip("_") or "model"


def full_name(meta: Mapping[str, Any]) -> str:
    """Return what a model's package is called: its language and name, as spaCy looks for it."""
    return f"{meta['lang']}_{meta['name']}"


def model_path(meta: Mapping[str, Any]) -> str:
    """Return the path of the model folder in its package."""
    name = full_name(meta)
    return f"{name}/{name}-{meta['version']}"


def is_model_name(name: str) -> bool:
    """Whether a model may be called so: letters, digits and _ in ASCII, not too many."""
    return re.fullmatch(r"[A-Za-z0-9]\w*", name, re.ASCII) is not None and len(name) <= MOST_LETTERS


def is_model_version(version: str) -> bool:
    """Whether a package may have this version: numbers and points, and perhaps a suffix such as `rc1`."""
    return re.fullmatch(r"\d{1,9}(\.\d{1,9}){0,3}((a|b|rc|\.post|\.dev)\d{1,9})?", version, re.ASCII) is not None


def package_files(meta: Mapping[str, Any], card: str) -> dict[str, bytes]:
    """Return the files of a package beside the model folder, by their paths in it. `meta` is the model's."""
    name, version = full_name(meta), str(meta["version"])
    quoted = {
        "name": _quoted(name.replace("_", "-")),
        "version": _quoted(version),
        "description": _quoted(str(meta.get("description", ""))),
        "spacy": _quoted(f"spacy{meta.get('spacy_version', '')}"),
        "key": name,
        "key_value": _quoted(name),
    }
    described = msgspec.json.format(msgspec.json.encode(meta)) + b"\n"
    return {
        "pyproject.toml": _PROJECT.format(**quoted).encode(),
        "MANIFEST.in": b"include meta.json\nrecursive-include " + name.encode() + b" *\n",
        "README.md": card.encode(),
        "meta.json": described,
        f"{name}/__init__.py": _INIT.encode(),
        f"{name}/meta.json": described,
    }


def _quoted(text: str) -> str:
    """Return a basic string of TOML, which is written as one of JSON."""
    return msgspec.json.encode(text).decode()
