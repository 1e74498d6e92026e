"""What makes a PDF one for the archive (ISO 19005-1, PDF/A-1): its facts in XMP, and the colours that are meant."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from xml.sax.saxutils import escape

from services.certificates.documents import srgb
from services.certificates.documents.pdf import (
    PdfFile,
    date_string,
    dictionary,
    packed_stream,
    plain_stream,
    reference,
    text_string,
)

PRODUCT = "Treffpunkt"
# Stands in XMP for the date until it is known; no title contains it.
DATE = b"\x00date\x00"
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:CreatorTool>{product}</xmp:CreatorTool><pdf:Producer>{product}</pdf:Producer>
<pdfaid:part>1</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance>
</rdf:Description>
{accessible}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
# PDF/UA's own namespace has to be described before PDF/A-1 lets it in (ISO 19005-1, 6.7.8).
ACCESSIBLE = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says of itself. `is_tagged` promises PDF/A-1a and PDF/UA-1, otherwise it is PDF/A-1b."""

    title: str
    author: str
    language: str
    is_tagged: bool


def write_facts(file: PdfFile, facts: Facts, drawn_at: datetime) -> int:
    """The document information, which must say what the XMP says. Returns its number."""
    date = date_string(drawn_at)
    return file.add(b"<<%b/CreationDate%b/ModDate%b>>" % (_information(facts), date, date))


def xmp(facts: Facts, drawn_at: datetime) -> bytes:
    """The metadata stream, which PDF/A-1 wants uncompressed."""
    date = drawn_at.astimezone(UTC).isoformat()[:19] + "Z"
    return plain_stream(_packet(facts).replace(DATE, date.encode("ascii")), b"/Type/Metadata/Subtype/XML")


# All confirmations of an event say the same of themselves but for the date.
@lru_cache(maxsize=64)
def _information(facts: Facts) -> bytes:
    title, author, product = map(text_string, (facts.title, facts.author, PRODUCT))
    return b"/Title%b/Author%b/Creator%b/Producer%b" % (title, author, product, product)


@lru_cache(maxsize=64)
def _packet(facts: Facts) -> bytes:
    packet = XMP.format(
        title=escape(facts.title),
        author=escape(facts.author),
        date=DATE.decode("ascii"),
        product=PRODUCT,
        conformance="A" if facts.is_tagged else "B",
        accessible=ACCESSIBLE if facts.is_tagged else "",
    )
    return packet.encode()


def write_output_intent(file: PdfFile) -> int:
    """Our colours are those of sRGB, the screen's. Returns the number of the intent."""
    profile = file.add(packed_stream(_packed_profile(), b"/N 3"))
    condition = "(sRGB IEC61966-2.1)"
    return file.add(
        dictionary(
            {
                "Type": "/OutputIntent",
                "S": "/GTS_PDFA1",
                "OutputConditionIdentifier": condition,
                "Info": condition,
                "DestOutputProfile": reference(profile),
            }
        )
    )


@cache
def _packed_profile() -> bytes:
    return zlib.compress(srgb.profile(), 9)
