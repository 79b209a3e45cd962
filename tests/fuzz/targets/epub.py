"""Electronic books: whole archives, or where the input is none, the package inside of one, and a chapter."""

from __future__ import annotations

from contextlib import ExitStack

from tests.corpus.samples import epub
from tests.fuzz.target import Check, Target
from tests.fuzz.targets._files import PROSE, reading

_CHAPTER = "<h1>一、选址</h1><p>先看人流。</p>"
_METADATA = (
    "<dc:title>T</dc:title><dc:creator>A</dc:creator><dc:date opf:event='modification'>2026-05-01</dc:date>"
    "<meta property='dcterms:modified'>2026-05-01</meta>"
)
_PACKAGE = (
    b'<package xmlns="http://www.idpf.org/2007/opf"><metadata><title>T</title></metadata><manifest>'
    b'<item id="n" href="nav.xhtml" properties="nav"/>'
    b'<item id="c" href="text/0.xhtml" media-type="application/xhtml+xml"/>'
    b'<item id="t" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest><spine><itemref idref="n"/>'
    b'<itemref idref="c"/></spine><guide><reference type="toc" href="x.xhtml"/></guide></package>'
)
_TOKENS = (
    b'<item id="a" href="text/0.xhtml" media-type="application/xhtml+xml"/>|<item href="//[x" id="c"/>|'
    b'<itemref idref="a"/>|'
    b'<itemref idref="c" linear="no"/>|<spine>|</spine>|<manifest>|</manifest>|<metadata>|</metadata>|'
    b'<reference type="toc"/>|'
    b"<dc:date>2026-05-01</dc:date>|<creator>x</creator>|<creator/>|<title/>|<!-- -->|<?x y?>|href=''|href='..'|"
    b"href='%00'|"
    b"href='%ff'|id=''|media-type=''|properties='nav'|<!DOCTYPE a|<!ENTITY b 'c'>|&b;|&#0;|<![CDATA[|]]>|</package>|"
    b"PK\x03\x04|PK\x01\x02|PK\x05\x06|META-INF/container.xml|META-INF/encryption.xml|\0\0|\xff\xff\xff\xff|"
    b"<a href='0.xhtml'>|"
    b"<h1>|</h1>|<p>|</p>|<nav>|<ol><li>|xmlns=''|xmlns:dc='x'|version='1.0'"
).split(b"|")
_POINT = "<navPoint><navLabel><text>选址</text></navLabel><content src='text/0.xhtml'/></navPoint>"
_NCX = f"<ncx><navMap>{_POINT}</navMap></ncx>"


def _archive(data: bytes) -> bytes:
    """The input itself where it is an archive; else it is the package and, as it is, a chapter and its contents."""
    if data[:2] == b"PK":
        return data
    members = {"OEBPS/book.opf": data, "OEBPS/text/1.xhtml": data, "OEBPS/toc.ncx": _NCX if b"<a" in data else data}
    return epub(_CHAPTER, "", contents=("选址",), members=members)


def _prepare(stack: ExitStack) -> Check:
    return reading(lambda data: ".epub", _archive)


_BOOK = epub(_CHAPTER, "<p>x</p>", metadata=_METADATA, contents=("一", "二"))
TARGET = Target("epub", _prepare, (_BOOK, _PACKAGE, _PACKAGE), (*_TOKENS, PROSE))
