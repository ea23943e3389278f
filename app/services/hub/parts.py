"""What came from a hub, in parts that are each merged as one source: sets on one text of a document, of one scheme."""

from collections.abc import Iterator, Sequence

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.document import sha256
from app.core.record import DocumentRecord
from app.exchange.formats.stet_jsonl.writer import line_of
from app.hub.hub_rows import HubDocument, HubPart, HubWork
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
        by: dict[tuple[str, str], list[HubWork]] = {}
        for item in part.work:
            text = "" if item.sha256 == present.get(item.document) else item.sha256
            by.setdefault((text, self._tag(item)), []).append(item)
        first = by.pop(("", self._scheme.tag), [])
        yield HubPart(part.documents, tuple(first), part.decisions), self._scheme
        for (text, tag), work in sorted(by.items(), key=lambda item: item[0]):
            yield from self._earlier(part, text, tag, work)

    def _earlier(
        self, part: HubPart, text: str, tag: str, work: Sequence[HubWork]
    ) -> Iterator[tuple[HubPart, HubScheme]]:
        scheme = self._scheme if tag == self._scheme.tag else HubScheme(0, tag, "")
        uids = {item.document for item in work}
        documents = [document for document in part.documents if document.uid in uids]
        if text:
            found = {document.uid: self._with_text(document.uid, text) for document in documents}
            self.lost.extend(item for item in work if found.get(item.document) is None)
            documents = [document for document in found.values() if document is not None]
            uids = {document.uid for document in documents}
            work = [item for item in work if item.document in uids]
        if documents:
            yield HubPart(tuple(documents), tuple(work), ()), scheme

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
