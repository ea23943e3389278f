"""The wheel of a model's package: what pip installs without building anything, and so without a network.

See https://packaging.python.org/en/latest/specifications/binary-distribution-format/. The same files give the same
bytes.
"""

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from app.nlp.trainer.model_package import full_name

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can have
_MODE = 0o100644 << 16
_WHEEL = b"Wheel-Version: 1.0\nGenerator: stet\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel_name(meta: Mapping[str, Any]) -> str:
    """Return the name of the file."""
    return f"{full_name(meta)}-{meta['version']}-py3-none-any.whl"


def wheel(meta: Mapping[str, Any], files: Mapping[str, bytes], card: str) -> bytes:
    """Return the wheel with these files, by their paths in it; those outside of the package's folder are left out."""
    name, version = full_name(meta), str(meta["version"])
    info = f"{name}-{version}.dist-info"
    summary = " ".join(str(meta.get("description", "")).split())
    head = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\nSummary: {summary}\n"
    head += f"Requires-Dist: spacy{meta.get('spacy_version', '')}\nDescription-Content-Type: text/markdown\n\n{card}"
    inside = {path: content for path, content in sorted(files.items()) if path.startswith(f"{name}/")}
    inside[f"{info}/METADATA"] = head.encode()
    inside[f"{info}/WHEEL"] = _WHEEL
    inside[f"{info}/entry_points.txt"] = f"[spacy_models]\n{name} = {name}\n".encode()
    rows = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in inside.items()]
    inside[f"{info}/RECORD"] = "".join(f"{row}\n" for row in [*rows, f"{info}/RECORD,,"]).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in inside.items():
            entry = zipfile.ZipInfo(path, _TIME)
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
