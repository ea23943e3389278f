"""The comments in a Word file: who said what, and in answer to what."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.core.clock import stored_time
from app.exchange.extracted_text import ExtractedText
from app.exchange.formats.docx.body import DocxBody
from app.exchange.formats.docx.list_numbers import ListNumbers
from app.exchange.formats.docx.names import W14, W15, Element, W, parts_of, value


class WordComment(NamedTuple):
    """A comment. `answers` is the id of the comment that it answers, if any; `time` is empty if the file has none."""

    id: str
    author: str
    text: str
    time: str
    answers: str
    is_resolved: bool


def comments_of(document: Any, numbering: ListNumbers) -> Iterator[WordComment]:  # noqa: ANN401  of python-docx
    """Yield the comments of a document, in the order of the file."""
    found = [each for root in parts_of(document, "comments") for each in root.iterchildren(f"{W}comment")]
    threads = _threads(document)
    ids = {paragraph: value(each, "id") for each in found if (paragraph := _last_paragraph(each))}
    for each in found:
        thread = threads.get(_last_paragraph(each))
        text = ExtractedText()
        DocxBody(text, numbering, {}).take(each)
        yield WordComment(
            id=value(each, "id"),
            author=value(each, "author"),
            text=text.finish(),
            time=_time(value(each, "date")),
            answers=ids.get(str(thread.get(f"{W15}paraIdParent") or ""), "") if thread is not None else "",
            is_resolved=thread is not None and str(thread.get(f"{W15}done")) in ("1", "true"),
        )


def _threads(document: Any) -> Mapping[str, Element]:  # noqa: ANN401
    """Return what a further part says of comments, by the id of their last paragraph."""
    roots = parts_of(document, "commentsExtended")
    every = (each for root in roots for each in root.iterchildren(f"{W15}commentEx"))
    return {str(each.get(f"{W15}paraId") or ""): each for each in every}


def _last_paragraph(comment: Element) -> str:
    paragraphs = [str(each.get(f"{W14}paraId") or "") for each in comment.iter(f"{W}p")]
    return paragraphs[-1] if paragraphs else ""


def _time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return stored_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return ""
