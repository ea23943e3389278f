"""A project whose scheme says all that a scheme can say."""

from pathlib import Path

from app.core.document import Document, sha256
from app.core.record import DocumentRecord
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.made_once import made_once

SCHEME = """name = "desk"
version = 1
title = "All that can be said"

[[severity]]
id = "minor"
weight = 1

[[severity]]
id = "major"
weight = 5

[[list]]
id = "people"
file = "people.csv"

[[layer]]
id = "entity"
key = "F2"
color = "blue"

[[layer.label]]
id = "PLACE"
key = "p"
badge = "PLACE"

[[layer.label]]
id = "CITY"
parent = "PLACE"
key = "c"
definition = "A town or a city."

[[layer.label]]
id = "COUNTRY"
parent = "PLACE"
key = "p"

[[layer.label]]
id = "PERSON"
key = "c"

[[layer.attribute]]
id = "who"
title = "Who"
kind = "entity"
list = "people"
labels = ["PERSON"]

[[layer.attribute]]
id = "roles"
title = "Roles"
kind = "many"
labels = ["PERSON"]

[[layer.attribute.value]]
id = "head"
title = "Head of state"

[[layer.attribute.value]]
id = "spouse"

[[layer.attribute.value]]
id = "party"
title = "Party leader"

[[layer.attribute]]
id = "born"
title = "Born"
kind = "date"
labels = ["PERSON"]

[[layer.attribute]]
id = "size"
title = "Inhabitants"
kind = "number"
least = 0
step = 1
unit = "people"
labels = ["CITY"]

[[layer]]
id = "claim"
key = "F3"
draw = "bracket"
evidence = true

[[layer.label]]
id = "CLAIM"
key = "c"
color = "green"
required = ["evidence"]

[[layer.attribute]]
id = "evidence_status"
title = "Evidence"
default = "NOT_SEARCHED"

[[layer.attribute.value]]
id = "NOT_SEARCHED"
title = "Not searched"

[[layer.attribute.value]]
id = "LINKED"

[[layer.attribute.value]]
id = "NONE_FOUND"
title = "Searched, none found"
key = "n"
closes = ["evidence"]

[[layer.attribute.value]]
id = "EXTERNAL"
title = "Outside the project, because"
key = "x"
closes = ["evidence"]
requires = ["comment"]

[[layer.attribute]]
id = "trust"
title = "How sure are you?"
kind = "scale"

[[layer.attribute.value]]
id = "not"
title = "Not at all"

[[layer.attribute.value]]
id = "rather"

[[layer.attribute.value]]
id = "very"

[[layer]]
id = "article"
title = "The article is"
kind = "document"
key = "F10"
required = true
definition = "What one can say of it as a whole."

[[layer.label]]
id = "SPUN"
key = "s"
color = "vermillion"

[[layer.label]]
id = "SOUND"
key = "o"

[[layer.label]]
id = "UNCLEAR"
title = "can’t be judged, because"
key = "x"
required = ["comment"]

[[layer]]
id = "quality"
title = "Quality"
kind = "document"
key = "F11"

[[layer.attribute]]
id = "adequacy"
title = "Adequacy"
kind = "scale"
least = 0
most = 100
"""
PEOPLE = (
    "id,title,description,aliases\nQ22686,Donald Trump,US President,Trump|The Donald\nQ7747,Vladimir Putin,,Putin\n"
)
TEXTS = {
    "1.txt": "Donald Trump called Puttin from Washington.\n\nThey spoke for two days.\n",
    "2.txt": "Nothing happened in Paris.\n",
}
REFERENCE = "U.S. President Donald Trump spoke with Vladimir Putin for about two hours. Both sides confirmed it.\n"


@made_once
def make(folder: Path, *, more: str = "", source: str = SCHEME) -> Path:
    """Create the project with two documents, the reference of the first, and the list of people beside it; `more` is
    appended to the scheme (`source`).
    """
    path = folder / "desk.stet"
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    session = Session.create(path, scheme=source + more)
    texts = {"ref.txt": REFERENCE, **TEXTS}
    documents = {name: Document(uid=name, name=name, text=text, sha256=sha256(text)) for name, text in texts.items()}
    links = {"1.txt": ("ref.txt",)}
    import_documents(session, [DocumentRecord(d, links.get(name, ())) for name, d in documents.items()], title="Import")
    session.close()
    return path
