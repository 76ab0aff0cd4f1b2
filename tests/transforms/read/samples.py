"""Small invented files of the agency formats: people, places and outlets do not exist."""

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
  <title>The Marrow Courier</title><link>https://courier.example/</link><language>en-gb</language>
  <item>
    <title>Crane stays, &amp;amp; the caf&#xe9; reopens</title>
    <link>https://courier.example/2023/crane?utm_source=feed</link>
    <guid isPermaLink="false">courier-991</guid>
    <dc:creator>Ilse Thornbury and Pavel Omand</dc:creator>
    <category>Harbour</category>
    <pubDate>Thu, 04 May 2023 09:30:00 +0200</pubDate>
    <description>A crane stays.</description>
    <content:encoded><![CDATA[<p>The council voted “by a hair’s breadth”,<br/>its chair said.</p>
      <script>track()</script><ul><li>The crane stays.</li><li>The café reopens.</li></ul>]]></content:encoded>
  </item>
  <item>
    <title>A teaser</title><link>https://courier.example/2023/teaser</link>
    <description>The ferry is late again. Continue reading…</description>
  </item>
</channel></rss>
"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://courier.example/"><title>Courier by RDF</title><link>https://courier.example/</link></channel>
<item rdf:about="https://courier.example/a"><title>Ferry late</title><link>https://courier.example/a</link>
<dc:date>2023-05-06T08:00:00Z</dc:date><description>WORDS</description></item>
</rdf:RDF>
""".replace("WORDS", "The ferry to Sankt Olm was late for the third day, its master Jonna Wick said. " * 8)

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title>Olm Gazette</title><link href="https://gazette.example/"/>
  <entry>
    <title type="html">Mayor &lt;b&gt;resigns&lt;/b&gt;</title>
    <id>tag:gazette.example,2023:77</id>
    <link rel="alternate" href="https://gazette.example/77"/><link rel="enclosure" href="https://gazette.example/77.mp3"/>
    <published>2023-05-07T10:00:00+01:00</published><updated>2023-05-08T11:00:00+01:00</updated>
    <author><name>Nell Garrow</name></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>“I am tired,” <b>Mayor</b> Rook Ansel said.</p>
    <p>He leaves in June.</p></div></content>
  </entry>
</feed>
"""

NITF = """<?xml version="1.0" encoding="iso-8859-1"?>
<nitf baselang="en-US"><head><title>Not the headline</title>
<tobject tobject.type="news"><tobject.subject tobject.subject.type="Politics"/></tobject>
<docdata management-status="usable"><doc-id id-string="7781" regsrc="OPA"/>
<date.issue norm="20230509T101500Z"/><date.release norm="20230510T000000Z"/></docdata></head>
<body><body.head><hedline><hl1>Ferry company
 fined</hl1><hl2>Second line</hl2></hedline>
<byline>By <person>Jonna Wick</person><byttl>Harbour Editor</byttl></byline>
<distributor>Olm Press Agency</distributor><dateline><location>SANKT OLM</location></dateline>
<note><body.content><p>Not for print.</p></body.content></note></body.head>
<body.content><p>SANKT OLM (OPA) - The ferry company was fined
   5,000 crowns, caf\u00e9 owners said.</p><media><media-caption>A ferry.</media-caption></media>
<table><tr><td>Fines</td><td>3</td></tr></table><!-- no text --><p>It will appeal.</p></body.content>
<body.end><tagline>Pavel Omand contributed.</tagline></body.end></body></nitf>
""".encode("iso-8859-1")

NEWSML_ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:opa.example:2023:{number}"
 version="2" xml:lang="en"><rightsInfo><copyrightHolder literal="OPA Ltd"/></rightsInfo>
<itemMeta><itemClass qcode="{kind}"/><provider><name>Olm Press Agency</name></provider>
<versionCreated>2023-05-11T12:00:00+02:00</versionCreated><pubStatus qcode="stat:{status}"/></itemMeta>
<contentMeta><contentCreated>2023-05-11T09:00:00+02:00</contentCreated><located><name>Port Marrow</name></located>
<creator><name>Nell Garrow</name></creator><subject qcode="medtop:1"><name>politics</name></subject>
<headline role="hld:subHeadline">Under the headline</headline><headline>Council splits</headline></contentMeta>
<contentSet>{content}</contentSet></newsItem>"""

XHTML = """<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head>
<body><h2>At odds</h2><p>The council split over the crane, <em>three</em> members said.</p></body></html></inlineXML>"""

INLINE_NITF = """<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
<body.content><p>The council split over the crane.</p></body.content></body></nitf></inlineXML>"""

INLINE_DATA = """<inlineData contenttype="text/plain"><![CDATA[<p>
   The council split over the crane, and in the evening hardly anybody
knew any longer who had voted for the motion and who had voted for the
other one.
   It will meet again.</p>]]></inlineData>"""

PICTURE = """<remoteContent contenttype="image/jpeg" href="crane.jpg"/>"""


def newsml(*items: str) -> bytes:
    """A message around items."""
    return (
        '<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
        + "".join(items)
        + "</itemSet></newsMessage>"
    ).encode()


def news_item(content: str, number: int = 1, kind: str = "ninat:text", status: str = "usable") -> str:
    """One item of a message."""
    return NEWSML_ITEM.format(content=content, number=number, kind=kind, status=status)


NINJS = """{"uri": "urn:newsml:opa.example:9", "type": "text", "versioncreated": "2023-05-12T10:00:00Z",
"firstcreated": "2023-05-12T08:00:00Z", "pubstatus": "usable", "headline": "Crane &amp; co",
"byline": "By Nell Garrow", "language": "en", "located": "Port Marrow", "source": "OPA",
"service": [{"name": "Home"}], "body_text": "One line.",
"body_html": "<p>The crane stays, she said.</p><p>It is red.</p>"}"""

NINJS_2 = """[{"uri": "https://opa.example/10", "firstcreated": "2023-05-12T08:00:00Z", "pubstatus": "canceled",
"headlines": [{"role": "short", "value": "Short"}, {"role": "main", "value": "The main one"}],
"bodies": [{"contenttype": "text/plain", "value": "Short."},
 {"contenttype": "text/html", "value": "<p>Long text here.</p>"}],
"infosources": [{"name": "Olm Press Agency"}]}, {"type": "picture", "uri": "urn:x:1", "pubstatus": "usable",
"firstcreated": "2023-05-12T08:00:00Z"}, 7]"""

REUTERS = """<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="1" NEWID="501">
<DATE>26-FEB-1987 15:01:01.79</DATE>
<TOPICS><D>ferry</D><D>crane</D></TOPICS>
<UNKNOWN>&#5;&#5;C T</UNKNOWN>
<TEXT>&#2;
<TITLE>FERRY &lt;FRY> FINED</TITLE>
<AUTHOR>    By Jonna Wick, Reuters</AUTHOR>
<DATELINE>    SANKT OLM, Feb 26 - </DATELINE><BODY>The ferry company was fined after the
harbour council had found that none of its boats had been on
time for a whole year, officials said.
    It will appeal.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS NEWID="502"><DATE>26-FEB-1987 16:00:00.00</DATE><TOPICS></TOPICS>
<TEXT TYPE="BRIEF">&#2;
******<TITLE>FERRY COMPANY TO APPEAL
</TITLE>Blah blah blah.
&#3;
</TEXT>
</REUTERS>
<REUTERS NEWID="503"><DATE>27-FEB-1987 09:00:00.00</DATE>
<TEXT TYPE="UNPROC">&#2;
HARBOUR REPORT
 Boats.......12 vs.......14
&#3;
</TEXT>
</REUTERS>
<REUTERS NEWID="504"><DATE>27-FEB-1987</DATE><TEXT>&#2;
<TITLE>CUT</TITLE><BODY>The file ends in the mid"""

LEXIS = """\ufeff

Download Request: Selected Items: 1-2

                               1 of 2 DOCUMENTS


                             The Marrow Courier

                            January 11, 2010 Monday
                                   Edition 1;
                                National Edition

Council keeps the crane by one vote; the
cafe stays too

BYLINE: Nell Garrow and Jonna Wick

SECTION: NEWS; Pg. 3

LENGTH: 35 words

DATELINE: PORT MARROW

The harbour council voted to keep the old crane, its chair said on Monday, by
a single vote, and that after a debate which had gone on for no less than nine
hours.

"It is ours," she said.

LOAD-DATE: January 12, 2010

LANGUAGE: ENGLISH

GRAPHIC: The old crane, which was
built in 1911

                       Copyright 2010 Courier Papers
                              All Rights Reserved

                               2 of 2 DOCUMENTS


                                 Olm Gazette

                            9 January 2010 Saturday

No words

LENGTH: 0 words

LOAD-DATE: January 9, 2010
"""

IPTC7901 = (
    "\x01opa014 4 i 60 cccc   opa 014\r\n\nHarbour-crane/\r\n\x02Council keeps the crane\r\nby one vote =\r\n\n"
    "   Port Marrow (OPA) - The harbour council voted to keep the crane by\r\n"
    "a single vote, its chair said on Monday after a debate that had gone\r\n"
    "on for no less than nine hours.\r\n\n   It is red.\r\n\n- Reporting by: Nell Garrow\r\n"
    "\x03131137 GMT Nov 13 \r\n\x04"
    "\x01opa015 4 i 9 cccc   opa 015\r\n\x02 \x03131140 GMT Nov 13\x04"
)
