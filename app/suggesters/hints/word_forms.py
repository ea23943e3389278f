"""Forms of English words: a lemma put into the form that another word has, for corrections."""

from app.nlp.parsed_text import Word
from app.suggesters.hints.word_set import word_set

_FORMS = """
    become/became/become begin/began/begun break/broke/broken build/built/built buy/bought/bought
    choose/chose/chosen come/came/come cut/cut/cut do/did/done draw/drew/drawn fall/fell/fallen feel/felt/felt
    fight/fought/fought find/found/found forbid/forbade/forbidden forget/forgot/forgotten freeze/froze/frozen
    get/got/got give/gave/given go/went/gone grow/grew/grown have/had/had hear/heard/heard hide/hid/hidden
    hit/hit/hit hold/held/held hurt/hurt/hurt keep/kept/kept know/knew/known leave/left/left lend/lent/lent
    let/let/let lose/lost/lost make/made/made meet/met/met overturn/overturned/overturned pay/paid/paid put/put/put
    rise/rose/risen run/ran/run say/said/said see/saw/seen sell/sold/sold send/sent/sent shrink/shrank/shrunk
    shut/shut/shut sink/sank/sunk speak/spoke/spoken spend/spent/spent spread/spread/spread stand/stood/stood
    take/took/taken tell/told/told think/thought/thought understand/understood/understood uphold/upheld/upheld
    win/won/won withdraw/withdrew/withdrawn withhold/withheld/withheld write/wrote/written
"""
_IRREGULAR = {lemma: (past, participle) for lemma, past, participle in (row.split("/") for row in _FORMS.split())}
_DOUBLED = word_set(
    """
    admit ban commit drop forbid forget omit permit plan prefer refer regret stop submit tap trim beg slim thin fat
    big hot wet sad cut put hit shut get let begin run sit win
    """
)
_COMPARED = {"good": ("better", "best"), "bad": ("worse", "worst"), "far": ("farther", "farthest")}
_VOWELS = "aeiou"


def in_form_of(lemma: str, model: Word, found: Word | None = None) -> str:
    """Return a lemma in the form and case of a word of the same part of speech.

    `found` is a word with that lemma that stands somewhere: its own form is used where it fits.
    """
    if found is not None and found.tag == model.tag:
        form = found.text if found.tag.startswith("NNP") else found.text.lower()
    else:
        form = _inflected(lemma, model.tag)
    return form[:1].upper() + form[1:] if model.text[:1].isupper() and not model.tag.startswith("NNP") else form


def _inflected(lemma: str, tag: str) -> str:
    head, blank, rest = lemma.partition(" ")
    return _word_form(head, tag) + blank + rest


def _word_form(lemma: str, tag: str) -> str:
    if tag in ("VBD", "VBN"):
        irregular = _IRREGULAR.get(lemma)
        return irregular[tag == "VBN"] if irregular else _with_ending(lemma, "ed")
    if tag == "VBG":
        return _with_ending(lemma, "ing")
    if tag in ("VBZ", "NNS"):
        return _with_s(lemma)
    if tag in ("JJR", "JJS", "RBR", "RBS"):
        return _compared(lemma, superlative=tag.endswith("S"))
    return lemma


def _with_s(lemma: str) -> str:
    if lemma in ("have", "do", "go"):
        return {"have": "has", "do": "does", "go": "goes"}[lemma]
    if lemma.endswith(("s", "x", "z", "ch", "sh")):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ies"
    return lemma + "s"


def _with_ending(lemma: str, ending: str) -> str:
    if lemma in _DOUBLED:
        return lemma + lemma[-1] + ending
    if ending == "ing":
        if lemma.endswith("ie"):
            return lemma[:-2] + "ying"
        return (lemma[:-1] if lemma.endswith("e") and not lemma.endswith(("ee", "ye")) else lemma) + ending
    if lemma.endswith("e"):
        return lemma + ending[1:]
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "i" + ending
    return lemma + ending


def _compared(lemma: str, *, superlative: bool) -> str:
    if lemma in _COMPARED:
        return _COMPARED[lemma][superlative]
    if lemma in ("more", "less", "few", "most", "least"):
        return {"few": ("fewer", "fewest")}.get(lemma, (lemma, lemma))[superlative]
    return _with_ending(lemma, "est" if superlative else "er")
