"""The IRIs that Stet gives to annotations and documents."""

from urllib.parse import quote, unquote

from app.exchange.formats.w3c.wire import URN

_DOCUMENT = f"{URN}document:"


def iri_of(written: str) -> str:
    """Return the IRI of an annotation, from its id as it is written."""
    return URN + quote(written, safe="-._~")


def written_id(iri: str) -> str:
    """Return the id that an IRI was made of, "" if it is another tool's."""
    is_ours = iri.startswith(URN) and not iri.startswith(_DOCUMENT)
    return unquote(iri.removeprefix(URN)) if is_ours else ""


def document_iri(name: str) -> str:
    """Return the IRI of the annotation that describes a document."""
    return _DOCUMENT + quote(name, safe="-._~")


def is_of_document(iri: str) -> bool:
    """Whether an annotation only describes a document, as Stet writes one for each."""
    return iri.startswith(_DOCUMENT)


def address_of(name: str) -> str:
    """Return a document's name as a relative address."""
    return quote(name, safe="-._~/ ()").replace(" ", "%20")
