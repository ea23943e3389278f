"""Actions on a whole project, as values: what the log holds. Each is undone by another one."""

import msgspec

from app.core.edits import Edit


class Work(msgspec.Struct, frozen=True, tag="work"):
    """An edit of one annotator's set on one document (uid)."""

    document: str
    annotator: str
    edit: Edit


class ShowBatch(msgspec.Struct, frozen=True, tag="show-batch"):
    """Show the documents that the import with this log sequence brought."""

    batch: int


class HideBatch(msgspec.Struct, frozen=True, tag="hide-batch"):
    """Hide the documents that the import with this log sequence brought; their rows stay."""

    batch: int


class LinkReference(msgspec.Struct, frozen=True, tag="link", omit_defaults=True):
    """Make one document (uid) a reference of another: its last one, or the one at the place it had before."""

    document: str
    reference: str
    ordinal: int | None = None


class UnlinkReference(msgspec.Struct, frozen=True, tag="unlink"):
    """Undo a reference."""

    document: str
    reference: str


class ApplyScheme(msgspec.Struct, frozen=True, tag="scheme"):
    """Put a scheme, given as its TOML text, in force."""

    toml: str


class Together(msgspec.Struct, frozen=True, tag="together"):
    """Several actions that stand or fall together."""

    edits: "tuple[ProjectEdit, ...]"


ProjectEdit = Work | ShowBatch | HideBatch | LinkReference | UnlinkReference | ApplyScheme | Together

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(ProjectEdit)


def encode(edit: ProjectEdit) -> str:
    """Return the edit as the log stores it."""
    return _encoder.encode(edit).decode()


def decode(text: str) -> ProjectEdit:
    """Return the edit of a log row."""
    return _decoder.decode(text)
