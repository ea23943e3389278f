"""The scheme as a guideline to read in the window."""

from app.core.scheme import Scheme
from app.services.schemes.guideline import html_body
from app.ui.dialogs.reader import Page


def guideline_page(scheme: Scheme) -> Page:
    """Return the whole guideline as one page, in the words of “Write a guideline…”; what the scheme says is escaped."""
    return Page("guideline", scheme.title, html_body(scheme, {}))
