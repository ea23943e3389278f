"""Runs suggesters, and adds their suggestions to the project."""

from collections.abc import Mapping, Sequence
from itertools import chain

from app.core.errors import EditRejected
from app.core.progress import CancelToken, Progress, no_progress
from app.core.suggestion_calibration import AnswerTally, MakerVersion
from app.jobs.tasks.selection import documents_named
from app.services.suggestions.corpus import SessionCorpus
from app.services.suggestions.default_suggesters import default_suggesters
from app.services.suggestions.offer import Offered, offer
from app.services.suggestions.track_record import retired_suggesters, retirement_words
from app.session.session import Session
from app.suggesters.backend import LOCAL, Backend
from app.suggesters.hint_suggester import HintSuggester
from app.suggesters.language_model.model_cost import ModelCost
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.language_model.suggester import ModelSuggester
from app.suggesters.maker_titles import title_of
from app.suggesters.protocol import Suggester
from app.suggesters.registry import SuggesterRegistry, built_in


def suggest(
    session: Session,
    suggesters: Sequence[str] = (),
    *,
    documents: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    backend: Backend = LOCAL,
    model: ModelOptions | None = None,
    trusts_models: bool = False,
) -> Offered:
    """Run suggesters (`name` or `name:variant`) on documents, and add new suggestions in one undoable step. None means
    those of `default_suggesters`, which may all have retired themselves; the notes say so.

    `documents` are names, patterns or ids; none means all that are to be annotated. `backend` loads spaCy pipelines,
    by default in this process, and with `trusts_models` also those in folders that Stet didn't write on this machine;
    `model` is the language model that “model” asks.

    Raises WrongUse for an unknown suggester or one that can't work here, FormatError for a name that means no document,
    EditRejected if there is none to annotate, StetError and Cancelled; the project is then unchanged.
    """
    uids = _to_work_on(session, documents)
    own = built_in(backend, model, trusts_models=trusts_models)
    registry, corpus = SuggesterRegistry(own), SessionCorpus(session)
    names = list(dict.fromkeys(suggesters or default_suggesters(session)))
    retired = retired_suggesters(session)
    chosen = _joined([_without(registry.get(name), retired) for name in names])
    found = [suggester.suggest(corpus, uids, progress=progress, cancel=cancel) for suggester in chosen]
    done = offer(
        session,
        chain.from_iterable(found),
        suggesters=", ".join(names),
        backup="suggestions" if len(uids) > 1 else "",
        cancel=cancel,
        dry_run=dry_run,
    )
    notes = tuple(item.tally.words() for item in chosen if isinstance(item, ModelSuggester))
    notes += tuple(retirement_words(title_of(maker.maker), tally) for maker, tally in retired.items())
    names_retired = tuple(dict.fromkeys(maker.maker for maker in retired))
    return done._replace(documents=len(uids), notes=notes, retired=names_retired)


def _without(suggester: Suggester, retired: Mapping[MakerVersion, AnswerTally]) -> Suggester:
    """Return a suggester of several rules without those that have retired themselves; one rule is asked as it is."""
    if not isinstance(suggester, HintSuggester) or len(suggester.rules) < 2:
        return suggester
    left = [rule for rule in suggester.rules if MakerVersion(rule.name, rule.version) not in retired]
    return suggester.of_rules(left or suggester.rules)


def model_cost(
    session: Session, model: ModelOptions, *, documents: Sequence[str] = (), cancel: CancelToken | None = None
) -> ModelCost:
    """Return what asking a language model about documents costs at most; nothing is sent.

    Raises what `suggest` raises for documents, WrongUse if the scheme has no errors, and Cancelled.
    """
    return ModelSuggester(model).cost(SessionCorpus(session), _to_work_on(session, documents), cancel=cancel)


def _to_work_on(session: Session, documents: Sequence[str]) -> list[str]:
    wanted = documents_named(session, documents)
    uids = [row.uid for row in session.reader.documents.to_work_on() if wanted(row.uid)]
    if not uids:
        hint = "reference-only documents get no suggestions" if documents else "import some first"
        raise EditRejected("there are no documents to suggest marks in", hint=hint)
    return uids


def _joined(suggesters: Sequence[Suggester]) -> list[Suggester]:
    """Return the suggesters with all rules in one, which parse each text once and compare their hints."""
    found: list[Suggester] = []
    at: int | None = None
    for suggester in suggesters:
        before = found[at] if at is not None else None
        if isinstance(suggester, HintSuggester) and isinstance(before, HintSuggester) and at is not None:
            found[at] = before.joined(suggester)
            continue
        at = len(found) if isinstance(suggester, HintSuggester) else at
        found.append(suggester)
    return found
