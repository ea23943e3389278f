"""Labels that the project's work has and its scheme lacks: imported from elsewhere, or of an earlier scheme."""

from app.session.session import Session


def outside_labels(session: Session) -> list[tuple[str, str]]:
    """Return the layers and labels, in alphabetical order, of annotations (gold's too), suggestions and decisions that
    the current scheme doesn't have. Raises DamagedRow.
    """
    executor, scheme = session.executor, session.scheme
    places = {
        *executor.annotations.labels(),
        *executor.suggesting.suggestions.labels(),
        *executor.review.decisions.labels(),
    }
    return sorted(place for place in places if scheme.label(*place) is None)
