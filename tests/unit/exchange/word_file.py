"""Makes Word files for tests, from the XML of their parts."""

import io
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MORE = (
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MAIN = f"{_WORD}.document.main+xml"
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def word(body: str, *, main: str = MAIN, raw: dict[str, bytes] | None = None, **parts: str) -> bytes:
    """Return a file with this body; `parts` are the contents of further ones, such as `comments`, by kind, `raw` files
    that are put in as they are.
    """
    overrides = f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
    links = ""
    files: dict[str, str] = {}
    for number, (kind, content) in enumerate(parts.items()):
        root = {"commentsExtended": "w15:commentsEx"}.get(kind, f"w:{kind}")
        files[f"word/{kind}.xml"] = f"<{root} {W} {_MORE}>{content}</{root}>"
        overrides += f'<Override PartName="/word/{kind}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        links += f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>'
    plain = "application/vnd.openxmlformats-package.relationships+xml"
    files |= {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{plain}"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": _RELATIONS.format(
            f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/_rels/document.xml.rels": _RELATIONS.format(links),
        "word/document.xml": f"<w:document {W} {_MORE}><w:body>{body}</w:body></w:document>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
        for name, data in (raw or {}).items():
            file.writestr(name, data)
    return made.getvalue()


def p(*runs: str, properties: str = "") -> str:
    """Return a paragraph of runs; a run that isn't XML is a text."""
    inner = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    """Return a run with a text."""
    shown = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shown}<w:t xml:space="preserve">{text}</w:t></w:r>'
