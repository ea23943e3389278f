"""What came from a hub, in parts that are each merged as one source: sets on one text of a document, of one scheme."""

from collections.abc import Iterator

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.document import sha256
from app.core.record import DocumentRecord
from app.exchange.formats.stet_jsonl.writer import line_of
from app.hub.hub_rows import HubDocument, HubPart, HubWork
from app.hub.suggested_rows import HubSuggested
from app.services.hub.hub_source import HubScheme
from app.session.session import Session


class _Tagged(msgspec.Struct):
    """The scheme of a set, as its JSON has it."""

    scheme: str = ""


_tagged = msgspec.json.Decoder(_Tagged)


class PartSplitter:
    """Splits what came from a hub, whose newest scheme is given.

    A set may be on an earlier text than the hub's, since its annotator hasn't heard of a newer one yet; it is merged as
    work that comes from that text. `lost` are the sets that are on a text that isn't known here.
    """

    def __init__(self, session: Session, scheme: HubScheme) -> None:
        self._session = session
        self._scheme = scheme
        self.lost: list[HubWork] = []

    def parts(self, part: HubPart) -> Iterator[tuple[HubPart, HubScheme]]:
        """Yield the parts to merge one after the other, each with its scheme: first what is on the hub's texts."""
        present = {document.uid: document.sha256 for document in part.documents}
        by: dict[tuple[str, str], tuple[list[HubWork], list[HubSuggested]]] = {}
        for work in part.work:
            text = "" if work.sha256 == present.get(work.document) else work.sha256
            by.setdefault((text, self._tag(work)), ([], []))[0].append(work)
        for suggested in part.suggested:
            text = "" if suggested.sha256 == present.get(suggested.document) else suggested.sha256
            by.setdefault((text, self._scheme.tag), ([], []))[1].append(suggested)
        first = by.pop(("", self._scheme.tag), ([], []))
        yield HubPart(part.documents, tuple(first[0]), part.decisions, tuple(first[1])), self._scheme
        for (text, tag), (sets, suggestions) in sorted(by.items(), key=lambda item: item[0]):
            yield from self._earlier(part._replace(work=tuple(sets), suggested=tuple(suggestions)), text, tag)

    def _earlier(self, part: HubPart, text: str, tag: str) -> Iterator[tuple[HubPart, HubScheme]]:
        scheme = self._scheme if tag == self._scheme.tag else HubScheme(0, tag, "")
        uids = {item.document for item in (*part.work, *part.suggested)}
        documents = [document for document in part.documents if document.uid in uids]
        if text:
            found = {document.uid: self._with_text(document.uid, text) for document in documents}
            self.lost.extend(item for item in part.work if found.get(item.document) is None)
            documents = [document for document in found.values() if document is not None]
        if documents:
            own = part._replace(documents=tuple(documents), decisions=())
            yield own.about({document.uid for document in documents}), scheme

    def _tag(self, item: HubWork) -> str:
        try:
            return _tagged.decode(item.content).scheme or self._scheme.tag
        except DECODE_FAULTS:
            return self._scheme.tag  # it is left out, and named, where it is read

    def _with_text(self, uid: str, text: str) -> HubDocument | None:
        """Return a document with the text that has a hash, if that is or was its text here."""
        if self._session.executor.documents.place_of(uid) is None:
            return None
        here = self._session.reader.document(uid)
        if here.sha256 == text:
            return HubDocument(uid, text, "")
        versions = self._session.executor.texts.versions.of_document(uid, with_text=True)
        found = next(
            (version.text for version in versions if version.sha256 == text and version.text is not None), None
        )
        if found is None or sha256(found) != text:
            return None
        earlier = msgspec.structs.replace(here, text=found, sha256=text)
        return HubDocument(uid, text, line_of(DocumentRecord(earlier)).rstrip(b"\n").decode())
