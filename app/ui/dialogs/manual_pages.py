"""The pages of the manual, from the help that Stet ships."""

import re
from functools import partial
from pathlib import Path

from PySide6.QtGui import QTextDocument

from app import paths
from app.ui.dialogs.reader import Page

_ORDER = ("annotate", "review", "insights", "team", "suggestions", "concordance", "agreement", "scheme")
"""The pages that most people look for come first; all others follow by title."""
_PICTURE = re.compile(r"!\[[^\]]*\]\(([\w-]+\.png)\)")


def manual_pages() -> list[Page]:
    """Return all pages of `resources/help`."""
    pages = [_page(path) for path in (paths.resources() / "help").glob("*.md")]
    return sorted(pages, key=lambda page: (_rank(page.name), page.title.casefold()))


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    pictures = {name: path.with_name(name) for name in _PICTURE.findall(text)}
    return Page(path.stem, text.partition("\n")[0].removeprefix("# ").strip(), partial(_html, text), pictures)


def _html(text: str) -> str:
    document = QTextDocument()
    document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    return document.toHtml()
