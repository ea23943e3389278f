"""The projects that pictures are taken of: our own texts in several scripts with marks, and a desk of documents."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from app.core import annotation_edits, relation_edits
from app.core.annotation import Status
from app.core.document import Document, sha256
from app.core.edits import AddAnnotation, Batch, Edit, ReplaceAnnotation, SetRemark, SetStatus
from app.core.ids import new_uid
from app.core.record import DocumentRecord
from app.core.remark import Remark
from app.session.actions import SetEdit
from app.session.session import Session
from app.storage.records import insert_records

_SCHEMES = Path(__file__).resolve().parent.parent / "resources" / "schemes"


class Says(NamedTuple):
    """A mark: the words of each of its parts (none for a gap in front of `before`), and what is said of them."""

    words: tuple[str, ...]
    layer: str
    label: str
    severity: str = ""
    correction: str | None = None
    proof: str = ""
    before: str = ""


class Scene(NamedTuple):
    """A document with its reference and its marks; `chosen` are the words of the mark that is chosen. `relations` are
    triples of the first words of the source, a type, and the first words of the target.
    """

    name: str
    text: str
    reference: str
    marks: tuple[Says, ...]
    chosen: str
    relations: tuple[tuple[str, str, str], ...] = ()


CROWDED = Scene(
    "call.txt",
    "A call that changed little\n\n"
    "The Russian president Vladimir Puttin told the US senator Donald Trump that the fighting would stop on Monday, "
    "and that the the two would meet again in Far East “within two days or never”. The Kremlin spokesman Dmitri "
    "Peskov, who had listened in, confirmed neither the date nor place of it.\n\n"
    "A restricted slave trade of 157 captives on each side, which the United Arab Emirates had brokered for months, "
    "was the only thing that both sides called a success.\n",
    "A call that changed little\n\n"
    "Russia’s president, Vladimir Putin, told US President Donald Trump that the attacks on power plants would stop "
    "for 30 days. They may meet in the Middle East. The Kremlin’s spokesman, Dmitry Peskov, confirmed neither the date "
    "nor the place of it.\n\n"
    "A prisoner exchange of 175 people on each side, brokered by the United Arab Emirates, was called a success.\n",
    (
        Says(("The Russian president Vladimir Puttin",), "entity", "PERSON"),
        Says(("Russian",), "entity", "NORP"),
        Says(("Puttin",), "error", "NAME_FORM", "minor", "Putin", "Vladimir Putin"),
        Says(("the US senator Donald Trump",), "entity", "PERSON"),
        Says(("US",), "entity", "GPE"),
        Says(("senator",), "error", "ROLE_ATTRIBUTE", "critical", "President", "US President"),
        Says(("senator Donald",), "error", "ENTITY_WRONG", "neutral"),
        Says(("the fighting would stop on Monday",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(("told", "that the fighting would stop"), "error", "PREDICATE", "major"),
        Says(("on Monday, and that the",), "error", "TIME", "major", "for 30 days", "for 30 days"),
        Says(("Far East",), "entity", "LOC"),
        Says(("Far East",), "error", "PLACE_CIRCUMSTANCE", "major", "Middle East", "Middle East"),
        Says((), "error", "OMISSION", "minor", "the ", before="Far East"),
        Says(("Dmitri Peskov",), "entity", "PERSON"),
        Says(("A restricted slave trade of 157 captives on each side",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(
            ("restricted slave trade",), "error", "TORTURED_TERM", "critical", "prisoner exchange", "prisoner exchange"
        ),
        Says(("157 captives",), "error", "QUANTITY", "major", "175 people", "175 people"),
        Says(("157",), "entity", "CARDINAL"),
        Says(("United Arab Emirates",), "entity", "GPE"),
    ),
    "senator",
)
ARABIC = Scene(
    "مكالمة.txt",
    "ماذا بعد المكالمة الهاتفية؟\n\n"
    "تحدّث السيناتور الأمريكي دونالد ترامب (Donald Trump) مع نظيره الروسي فلاديمير بوتين يوم الثلاثاء 17 مارس 2025 لمدة "
    "يومين تقريبًا. واتّفق الجانبان على وقف الهجمات على محطات الطاقة لمدة 30 يومًا.\n\n"
    "وبعد المكالمة جرت «تجارة رقيق محدودة» أطلق فيها كل طرف سراح 157 أسيرًا، بحسب وكالة TASS الروسية.\n",
    "بعد المكالمة\n\n"
    "تحدّث الرئيس الأمريكي دونالد ترامب مع الرئيس الروسي فلاديمير بوتين يوم الثلاثاء 18 مارس 2025 لمدة ساعتين تقريبًا. "
    "وجرى بعد ذلك تبادل للأسرى شمل 175 أسيرًا من كل طرف.\n",
    (
        Says(("السيناتور",), "error", "ROLE_ATTRIBUTE", "critical", "الرئيس", "الرئيس الأمريكي"),
        Says(("دونالد ترامب (Donald Trump)",), "entity", "PERSON"),
        Says(("فلاديمير بوتين",), "entity", "PERSON"),
        Says(("17 مارس 2025",), "entity", "DATE"),
        Says(("17",), "error", "TIME", "minor", "18", "18 مارس"),
        Says(("يومين تقريبًا",), "error", "TIME", "major", "ساعتين تقريبًا", "ساعتين تقريبًا"),
        Says(("واتّفق الجانبان على وقف الهجمات على محطات الطاقة",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(("تجارة رقيق محدودة",), "error", "TORTURED_TERM", "critical", "تبادل للأسرى", "تبادل للأسرى"),
        Says(("157 أسيرًا",), "error", "QUANTITY", "major", "175 أسيرًا", "175 أسيرًا"),
        Says(("TASS",), "entity", "ORG"),
    ),
    "يومين تقريبًا",
)
CHINESE = Scene(
    "通话.txt",
    "通话之后会怎样\n\n"
    "美国参议员唐纳德·特朗普（Donald Trump）与俄罗斯总统弗拉基米尔·普京于2025年3月17日通了大约两天的电话。双方同意"
    "在30天内不攻击对方的发电厂和电网，但没有达成全面停火。\n\n"
    "通话之后，双方进行了有限的奴隶贸易，各自释放了157名被俘人员。阿联酋在其中斡旋了几个月。\n",
    "通话之后\n\n"
    "美国总统唐纳德·特朗普与俄罗斯总统普京于2025年3月18日通话约两小时。此后双方交换战俘，各释放175人，由阿联酋斡旋。\n",
    (
        Says(("美国参议员",), "entity", "TITLE_ROLE"),
        Says(("参议员",), "error", "ROLE_ATTRIBUTE", "critical", "总统", "美国总统"),
        Says(("唐纳德·特朗普（Donald Trump）",), "entity", "PERSON"),
        Says(("弗拉基米尔·普京",), "entity", "PERSON"),
        Says(("2025年3月17日",), "entity", "DATE"),
        Says(("两天",), "error", "TIME", "major", "两小时", "约两小时"),
        Says(("双方同意在30天内不攻击对方的发电厂和电网",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(("有限的奴隶贸易",), "error", "TORTURED_TERM", "critical", "战俘交换", "交换战俘"),
        Says(("157名",), "error", "QUANTITY", "major", "175名", "175人"),
        Says(("阿联酋",), "entity", "GPE"),
    ),
    "有限的奴隶贸易",
)
RELATED = Scene(
    "bridge.txt",
    "A bridge is closed\n\n"
    "The mayor, Lena Ortiz, said on Friday that the old bridge would stay closed for two years. “It can’t bear a bus,” "
    "she told the council. The bridge was built in 1931 by the town itself.\n\n"
    "The council had promised in May that this bridge would open again within weeks. Ms Ortiz now wants a new one, "
    "which would cost 40 thousand euros, and asks the region for half of it.\n",
    "A bridge is closed\n\n"
    "Mayor Lena Ortiz said on Friday that the old bridge, built in 1913, would be closed for two months. A new one "
    "would cost 40 million euros.\n",
    (
        Says(("Lena Ortiz",), "entity", "PERSON"),
        Says(("the old bridge would stay closed for two years",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(("the old bridge",), "entity", "FAC"),
        Says(("two years",), "error", "TIME", "major", "two months", "two months"),
        Says(("she",), "entity", "PERSON"),
        Says(("the council",), "entity", "ORG"),
        Says(("The bridge",), "entity", "FAC"),
        Says(("built in 1931 by the town itself",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(("1931",), "error", "TIME", "minor", "1913", "1913"),
        Says(("The council",), "entity", "ORG"),
        Says(("this bridge",), "entity", "FAC"),
        Says(("would open again within weeks",), "claim", "CHECKWORTHY_FACTUAL"),
        Says(("Ms Ortiz",), "entity", "PERSON"),
        Says(("thousand",), "error", "QUANTITY", "critical", "million", "million"),
        Says(("which would cost 40 thousand euros",), "claim", "CHECKWORTHY_FACTUAL"),
    ),
    "the old bridge would stay closed for two years",
    (
        ("Lena Ortiz", "same", "she"),
        ("she", "same", "Ms Ortiz"),
        ("the old bridge", "same", "The bridge"),
        ("The bridge", "same", "this bridge"),
        ("the council", "same", "The council"),
        ("the old bridge would stay closed for two years", "because", "two years"),
        ("built in 1931 by the town itself", "because", "1931"),
        ("which would cost 40 thousand euros", "because", "thousand"),
        ("the old bridge would stay closed for two years", "contradicts", "would open again within weeks"),
    ),
)
SCENES = {"relations": RELATED, "crowded": CROWDED, "arabic": ARABIC, "chinese": CHINESE}


_TOWNS = ("Tarvos", "Brannock", "Ostrel", "Vesper Bay", "Kalden", "Mirrow", "Anstead", "Polwick", "Drummel", "Sarn")
_EVENTS = (
    ("bridge", "The bridge of {town} is closed for two years", "agency"),
    ("budget", "{town} passes its budget by one vote", "gazette"),
    ("ferry", "Ferry to {town} runs again", "agency"),
    ("school", "A new school for {town}", "gazette"),
)
_FLAGS = {1: "Is the mayor’s office a role or a place?", 6: "Half of the article is missing", 13: ""}
_NOTES = {4: "Read again after the meeting", 6: "The same text as ferry-02"}


def make_desk(path: Path) -> None:
    """Make a project of forty short articles with titles and sources; Ana has finished some and flagged some."""
    source = (_SCHEMES / "news-errors.toml").read_text(encoding="utf-8")
    session = Session.create(path, scheme=source, annotator="Ana")
    records: list[DocumentRecord] = []
    for number, town in enumerate(_TOWNS):
        for kind, title, outlet in _EVENTS:
            said = title.format(town=town)
            text = f"{said}\n\n" + " ".join([f"{said}, as the council of {town} said on Friday."] * (3 + number))
            meta = {"title": said, "source": outlet}
            name = f"{kind}-{number + 1:02}.txt"
            records.append(
                DocumentRecord(Document(uid=new_uid(), name=name, text=text, sha256=sha256(text), meta=meta))
            )
    with session.project.atomic():
        insert_records(session.project, records, batch=0, tick=_nothing)
    for number, record in enumerate(records):
        edits: list[Edit] = []
        if number in _FLAGS or number in _NOTES:
            edits.append(SetRemark(Remark(_FLAGS.get(number), _NOTES.get(number, ""))))
        if number % 3 == 0 and number not in _FLAGS:
            edits.append(SetStatus(Status.DONE_EMPTY))
        if edits:
            session.perform(SetEdit(record.document.uid, "Ana", Batch(tuple(edits))), title="Work")
    session.close()


def make(path: Path, scene: Scene) -> str:
    """Make a project of a scene, marked by Ana; return the uid of the chosen mark."""
    source = (_SCHEMES / "news-errors.toml").read_text(encoding="utf-8")
    session = Session.create(path, scheme=source, annotator="Ana")
    texts = {scene.name: scene.text, "reference.txt": scene.reference}
    records = [
        DocumentRecord(Document(uid=new_uid(), name=name, text=text, sha256=sha256(text)))
        for name, text in texts.items()
    ]
    with session.project.atomic():
        insert_records(session.project, records, batch=0, tick=_nothing)
        session.reader.documents.link(records[0].document.uid, records[1].document.uid)
    session.open_document(records[0].document.uid)
    uids = {says.words: _annotation(session, records[1].document, says) for says in scene.marks}
    for source, kind, target in scene.relations:
        _relate(session, uids[(source,)], kind, uids[(target,)])
    session.close()
    return uids[(scene.chosen,)]


def make_suggested(path: Path, scene: Scene) -> None:
    """Make a project of a scene without its marks, in which the rules that compare with references suggest them."""
    from app.jobs.tasks.suggest import suggest

    source = (_SCHEMES / "news-errors.toml").read_text(encoding="utf-8")
    session = Session.create(path, scheme=source, annotator="Ana")
    texts = {scene.name: scene.text, "reference.txt": scene.reference}
    records = [
        DocumentRecord(Document(uid=new_uid(), name=name, text=text, sha256=sha256(text)))
        for name, text in texts.items()
    ]
    with session.project.atomic():
        insert_records(session.project, records, batch=0, tick=_nothing)
        session.reader.documents.link(records[0].document.uid, records[1].document.uid)
    suggest(session, ("sure", "lead"))
    session.close()


def _relate(session: Session, source: str, kind: str, target: str) -> None:
    state = session.state
    assert state is not None
    ends = state.annotations[source], state.annotations[target]
    session.apply(relation_edits.connect(state, *ends, kind, scheme=session.scheme), title="Relate")


def _annotation(session: Session, reference: Document, says: Says) -> str:
    state, scheme = session.state, session.scheme
    assert state is not None
    spans = list(_spans(state.document.text, says))
    added = annotation_edits.annotate(state, spans, layer=says.layer, label=says.label, scheme=scheme)
    annotation = added.annotation
    if says.severity:
        annotation = _after(annotation_edits.change_severity(annotation, says.severity, scheme=scheme))
    if says.correction is not None:
        annotation = _after(annotation_edits.change_correction(annotation, says.correction))
    if says.proof:
        at = reference.text.index(says.proof)
        annotation = _after(
            annotation_edits.link_evidence(annotation, reference, [(at, at + len(says.proof))], scheme=scheme)
        )
    session.apply(AddAnnotation(annotation), title="Mark")
    return annotation.uid


def _after(edit: Edit):  # noqa: ANN202  a script's helper
    assert isinstance(edit, ReplaceAnnotation)
    return edit.annotation


def _spans(text: str, says: Says) -> Iterable[tuple[int, int]]:
    if not says.words:
        at = text.index(says.before)
        yield (at, at)
    at = 0
    for words in says.words:
        at = text.index(words, at)
        yield (at, at + len(words))
        at += len(words)


def _nothing(_count: int) -> None:
    """Stand in for a progress bar."""
