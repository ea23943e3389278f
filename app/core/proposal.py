"""Labels that annotators propose while they read: their marks have a label that names the proposal.

So proposals travel wherever the marks go, and the marks follow when the lead accepts, merges or deletes one.
"""

_PREFIX = "proposed."


def proposed(title: str) -> str:
    """Return the label of marks for which a label of this title is proposed."""
    return _PREFIX + " ".join(title.split())


def is_proposal(label: str) -> bool:
    """Whether a label is a proposal."""
    return label.startswith(_PREFIX) and len(label) > len(_PREFIX)


def proposal_title(label: str) -> str:
    """Return the title of a proposal; of another label the label itself."""
    return label.removeprefix(_PREFIX) if is_proposal(label) else label
