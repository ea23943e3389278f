"""An action of the log and its inverse packed into one value, about an eighth of their JSON.

Both are deflated together (RFC 1951) after a dictionary of what Stet's actions say again and again, so that an inverse,
which repeats most of its action, costs a few bytes. The first byte names the dictionary, which is never changed: a
better one gets the next number, and this one stays for what was packed with it.
"""

import zlib

from app.storage.connection import Connection

MOST = 96 * 1024 * 1024
"""The most characters that are packed; of a packed value, twice as many bytes are taken out at most."""
OF_STATUS = ('"status"', '"finished"')
"""Words of actions that may change a status."""
LOOKED_FOR = (*OF_STATUS, '"pattern"', '"scheme"')
"""Words that are looked for in the actions of the log by SQL; actions with one of them stay unpacked."""
NOT_HERE = "null"
"""What stands in the place of JSON that is packed."""
_ROWS_AT_ONCE = 200
_UNPACKED = (
    "SELECT sequence, edit, inverse FROM edit_log WHERE sequence > ? AND packed IS NULL ORDER BY sequence LIMIT ?"
)
_FIRST = b"\x01"
_RAW = -15  # deflate without a header of zlib: https://docs.python.org/3/library/zlib.html#zlib.compressobj
# What is most frequent stands last: distances to it are shortest.
_WORDS = (
    b'"stance":"contradicts""stance":"supports""alternative":1"source":"target":"text":"splices":"reason":"votes":{'
    b'{"type":"shown","document":"{"type":"resuggest","suggestions":[{"type":"hide-suggestions","sequence":'
    b'{"type":"show-suggestions","sequence":{"type":"hide-batch","sequence":{"type":"show-batch","sequence":'
    b'{"type":"assign","add":[["remove":[[{"type":"describe","document":"{"type":"release","documents":["reviewer":"'
    b'"toml":"changes":{"type":"scheme"{"type":"link","document":"reference":"ordinal":{"type":"view","name":"'
    b'{"type":"decide","decision":{"uid":"act":"decide","document":"reviewer":"time":"layer":"key":"outcome":"accepted"'
    b'"kinds":[],"labels":["sources":["gold":"fields":{},"votes":{"reason":null,"note":"","unclear":false,"rule":""'
    b'{"type":"withdraw","uid":"{"type":"unjudge","judgement":{"suggestion":"annotator":"outcome":"rejected","time":"'
    b'{"type":"judge","judgement":{"suggestion":"annotator":"outcome":"accepted","time":"annotation":"'
    b'{"type":"remark","flag":null,"note":"{"type":"restate","marks":[["{"type":"add-relation","relation":{"uid":"'
    b'"source":"target":"label":"attributes":{},"comment":""}}{"type":"remove-relation","uid":"{"type":"replace-relation"'
    b'"severity":"minor""severity":"critical""severity":"major""confidence":"unsure""evidence_status":"linked"'
    b'"verdict":"evidence":[{"uid":"document":"fragments":[[quote":"stance":"contradicts","alternative":1}]'
    b'"layer":"claim","label":"layer":"error","label":"NUMBER_QUANTITY""layer":"entity","label":"PERSON"'
    b'{"type":"together","edits":[{"type":"work","document":"annotator":"gold","edit":{"type":"batch","edits":[{"type":"'
    b'{"type":"work","document":"0","annotator":"ana","edit":{"type":"replace","annotation":{"uid":"01'
    b'{"type":"work","document":"01a22ced-7","annotator":"","edit":{"type":"add","annotation":{"uid":"01a22ced-7'
    b'","layer":"error","label":"","fragments":[[1,2]],"quote":"","attributes":{"severity":"major","confidence":"sure"},'
    b'"correction":null,"comment":"","evidence":[],"origin":"human","created":"2026-11-30T14:47:51.575643Z",'
    b'"updated":"2026-11-30T14:47:51.575643Z","extra":{}}}}\n{"type":"work","document":"01","annotator":"","edit":'
    b'{"type":"remove","uid":"01'
)


class NotPacked(ValueError):
    """What is to be unpacked isn't what `packed` returns."""


def packed(edit: str, inverse: str) -> bytes | None:
    """Return an action and its inverse, both as JSON, in one value; None if they are too long or have line ends."""
    if len(edit) + len(inverse) > MOST or "\n" in edit:
        return None
    deflater = zlib.compressobj(6, zlib.DEFLATED, _RAW, 9, zdict=_WORDS)
    return _FIRST + deflater.compress(f"{edit}\n{inverse}".encode()) + deflater.flush()


def unpacked(value: bytes) -> tuple[str, str]:
    """Return the action and its inverse of a packed value. Raises NotPacked, also for one that would take too much."""
    if value[:1] != _FIRST:
        raise NotPacked("it isn't packed in a way that is known")
    inflater = zlib.decompressobj(_RAW, zdict=_WORDS)
    try:
        found = inflater.decompress(value[1:], 2 * MOST)
        if not inflater.eof or inflater.unused_data:
            raise NotPacked("it is cut off, or too long")
        edit, _, inverse = found.decode().partition("\n")
    except (zlib.error, UnicodeDecodeError) as error:
        raise NotPacked(str(error)) from error
    return edit, inverse


def stored_action(edit: str, inverse: str) -> tuple[str, str, bytes | None]:
    """Return the cells of an action and its inverse: both as JSON, or both packed, with a word in the place of each."""
    value = None if any(word in edit for word in LOOKED_FOR) else packed(edit, inverse)
    return (edit, inverse, None) if value is None else (NOT_HERE, NOT_HERE, value)


def pack_all(connection: Connection) -> None:
    """Pack the rows that an earlier version left unpacked, some hundred at a time."""
    last = 0
    while True:
        rows = connection.execute(_UNPACKED, [last, _ROWS_AT_ONCE]).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        cells = [(*stored_action(edit, inverse), sequence) for sequence, edit, inverse in rows]
        connection.executemany(
            "UPDATE edit_log SET edit=?, inverse=?, packed=? WHERE sequence=?",
            (row for row in cells if row[2] is not None),
        )
