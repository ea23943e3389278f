"""Taking over the schemes of a hub, with the migration of one's own work."""

from collections.abc import Sequence

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import SchemeError, StetError
from app.core.scheme_file import parse_scheme
from app.exchange.report import Report
from app.services.hub.hub_source import HubScheme
from app.services.hub.lead_upload import changes_decoder
from app.services.migration.migration import migrate
from app.session.actions import ApplyScheme
from app.session.session import Session


def take_schemes(session: Session, schemes: Sequence[tuple[int, str, str, str]], report: Report) -> HubScheme | None:
    """Make the schemes of a hub current here, one after the other, each as a step that is nobody's; return the last.

    `schemes` are as `HubRows.schemes` returns them, from the one after the last that was taken over. One that isn't
    valid, or that can't be followed, is reported; then it and those after it wait, and the last before is returned.
    """
    last: HubScheme | None = None
    for number, tag, toml, changes in schemes:
        try:
            if session.scheme.source != toml:
                _take(session, tag, toml, changes)
        except (StetError, *DECODE_FAULTS) as error:
            what = "schemes of the hub that can't be taken over, left out"
            report.note("hub-scheme", what, f"{tag}: {error.what if isinstance(error, StetError) else error}")
            return last
        last = HubScheme(number, tag, toml)
    return last


def _take(session: Session, tag: str, toml: str, changes: str) -> None:
    parsed = parse_scheme(toml, path=f"scheme {tag} of the hub")
    if f"{parsed.name}@{parsed.version}" != tag:
        raise SchemeError(f"it calls itself {parsed.name}@{parsed.version}")
    steps = changes_decoder.decode(changes)
    if steps:
        migrate(session, steps, into=toml, is_own=False)
        return
    with session.transaction(f"Apply scheme {tag} of the hub", backup="scheme", is_own=False) as step:
        step.perform_one(ApplyScheme(toml))
