"""Web pages as browsers save them: as HTML with traces of where it came from, or with all its parts as MHTML."""

import email.errors
import email.message
import email.policy
import re
from typing import NamedTuple
from urllib.parse import urldefrag

from app.core.errors import FormatError
from app.exchange.source import Source

_HEAD = 16 * 1024
_MHTML = re.compile(rb"^\s*(?:From:|MIME-Version:|Subject:|Snapshot-Content-Location:|Date:)", re.IGNORECASE)
_RELATED = re.compile(rb"^Content-Type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(\S+?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)", re.IGNORECASE)
_CANONICAL = re.compile(
    r"""<link\b[^>]*\brel\s*=\s*["']?canonical["']?[^>]*>|<meta\b[^>]*["']og:url["'][^>]*>""", re.IGNORECASE
)
_ADDRESS = re.compile(r"""\b(?:href|content)\s*=\s*["']?(https?://[^\s"'>]+)""", re.IGNORECASE)
_PARTING = re.compile("[_-]")  # between a page's name and the word for “files”
_WEB = ("http://", "https://")


class SavedPage(NamedTuple):
    """The HTML of an MHTML file: its bytes, what the file says of their encoding, and the page's address, if any."""

    data: bytes
    encoding: str | None
    address: str


def is_mhtml(data: bytes) -> bool:
    """Whether a file that begins so is MHTML."""
    head = data[:_HEAD]
    return _MHTML.match(head) is not None and _RELATED.search(head) is not None


def saved_page(data: bytes, source: Source) -> SavedPage:
    """Return the page of an MHTML file. Raises FormatError if there is none."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        found = _html_part(message)
    except (RecursionError, ValueError, LookupError, email.errors.MessageError) as error:
        raise FormatError("the MHTML file is damaged", hint="save the page again", path=source.path) from error
    if found is None:
        hint = "save the page again, or save it as HTML"
        raise FormatError("there is no HTML in the MHTML file", hint=hint, path=source.path)
    part, payload = found
    address = str(message.get("Snapshot-Content-Location") or part.get("Content-Location") or "").strip()
    charset = part.get_content_charset()
    return SavedPage(payload, charset, address if address.startswith(_WEB) else "")


def address_of(markup: str) -> str:
    """Return where a page says it was saved from; empty for a plain file."""
    head = markup[:_HEAD]
    saved = _SAVED_FROM.search(head) or _SINGLE_FILE.search(head)
    if saved is not None:
        return urldefrag(saved[1]).url if saved[1].startswith(_WEB) else ""
    for link in _CANONICAL.finditer(markup[: 16 * _HEAD]):
        found = _ADDRESS.search(link[0])
        if found is not None:
            return found[1]
    return ""


def is_saved(markup: str) -> bool:
    """Whether HTML is a page of the web, rather than a file that somebody wrote."""
    head = markup[:_HEAD]
    return bool(_SAVED_FROM.search(head) or _SINGLE_FILE.search(head) or address_of(markup))


def belongs_to_page(source: Source) -> bool:
    """Whether a file of a folder is only a part of a saved page: browsers put those into a folder beside the page that
    is named after it, such as `Kyiv_files` or `Kyiv-Dateien`.
    """
    folder = source.path.parent
    if "/" not in source.name or not folder.name:
        return False
    stems = (folder.name[: found.start()] for found in _PARTING.finditer(folder.name))
    return any((folder.parent / f"{stem}{suffix}").is_file() for stem in stems for suffix in (".html", ".htm"))


def _html_part(message: email.message.Message) -> tuple[email.message.Message, bytes] | None:
    """Return the page and its bytes: the part that the file says is its start, else the first one that is HTML."""
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    wanted = str(message.get_param("start") or "")
    first = [part for part in parts if wanted and str(part.get("Content-ID") or "").strip() == wanted]
    for part in (*first, *parts):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            return part, payload
    return None
