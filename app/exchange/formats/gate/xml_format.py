"""The format `gate-xml`."""

from app.exchange.format import Format
from app.exchange.formats.gate.xml_reader import GateXmlReader

FORMAT = Format(
    "gate-xml",
    "GATE XML",
    GateXmlReader(),
    summary="documents that GATE Developer saved, with annotation sets",
    help_page="gate.md",
)
