"""SOAP 1.1 envelopes: however they are written, one message; and nothing that harms."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from mockserver.errors import BadRequest
from mockserver.wire import soap

SPACE = "urn:some"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"

# As the vendor's own sample for Node writes it: two prefixes for one namespace, a declaration, indentation.
SAMPLE = f"""<?xml version="1.0" encoding="UTF-8"?>
  <SOAP-ENV:Envelope xmlns:ns0="{SOAP11}" xmlns:ns1="{SPACE}" xmlns:tns="{SPACE}" xmlns:SOAP-ENV="{SOAP11}">
    <SOAP-ENV:Header>
      <tns:Who>me &amp; you</tns:Who>
      <other:Who xmlns:other="urn:other">nobody</other:Who>
    </SOAP-ENV:Header>
    <ns0:Body>
      <ns1:Ask>
        <ns1:What> this </ns1:What>
        <What>not in the namespace</What>
      </ns1:Ask>
    </ns0:Body>
  </SOAP-ENV:Envelope>"""
SAID = soap.Message("Ask", {"Who": "me & you"}, {"What": "this"})


@pytest.mark.parametrize("content", [SAMPLE.encode(), b"\xef\xbb\xbf" + SAMPLE.encode(), SAMPLE.encode("utf-16")])
def test_an_envelope_is_read(content: bytes) -> None:
    """Prefixes, blanks and encodings do not matter, names and namespaces do."""
    assert soap.read(content, SPACE) == SAID


def test_an_envelope_without_header_or_members_is_read() -> None:
    """What is not there is missing, and no mistake."""
    bare = f'<Envelope xmlns="{SOAP11}"><Body><Ask xmlns="{SPACE}"/></Body></Envelope>'.encode()
    assert soap.read(bare, SPACE) == soap.Message("Ask", {}, {})


def test_an_element_of_another_namespace_asks_nothing() -> None:
    """The name counts in its namespace only."""
    strange = f'<Envelope xmlns="{SOAP11}"><Body><Ask xmlns="urn:other"><What>x</What></Ask></Body></Envelope>'.encode()
    assert soap.read(strange, SPACE) == soap.Message("", {}, {})


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BAD = {
    "nothing": b"",
    "blanks": b" \r\n",
    "no XML": b"SignedSystemToken=x",
    "JSON": b'{"a": 1}',
    "half an envelope": SAMPLE[:300].encode(),
    "two roots": SAMPLE.split("?>")[1].encode() * 2,
    "a document type": SAMPLE.replace("?>", "?><!DOCTYPE x>").encode(),
    "entities": SAMPLE.replace("?>", f"?>{ENTITIES}").replace("this", "&b;").encode(),
    "a file as entity": SAMPLE.replace("?>", '?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>').encode(),
    "an entity nobody declared": SAMPLE.replace("this", "&nbsp;").encode(),
    "bytes that are no text": SAMPLE.encode().replace(b"this", b"\xff\xfe"),
    "half a UTF-16 text": SAMPLE.encode("utf-16")[:-1],
    "nested deeply": SAMPLE.replace("this", "<a>" * 50_000 + "</a>" * 50_000).encode(),
    "another root": b"<Envelope><Body><Ask/></Body></Envelope>",
    "no body": f'<Envelope xmlns="{SOAP11}"/>'.encode(),
    "an empty body": f'<Envelope xmlns="{SOAP11}"><Body/></Envelope>'.encode(),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_envelope_is_a_bad_request(what: str) -> None:
    """It is refused, whatever it is, and nothing is read from a disk."""
    with pytest.raises(BadRequest):
        soap.read(BAD[what], SPACE)


def test_another_version_is_told() -> None:
    """SOAP 1.2 is another protocol, and told apart from nonsense."""
    with pytest.raises(soap.OtherVersion):
        soap.read(SAMPLE.replace(SOAP11, SOAP12).encode(), SPACE)


def test_an_answer_is_an_envelope() -> None:
    """Members are texts or nil, in their order and in the namespace."""
    root = ET.fromstring(soap.answer("Said", SPACE, {"Yes": "a < b & c", "No": None}))  # noqa: S314 - our own document
    assert root.tag == f"{{{SOAP11}}}Envelope"
    said = root.find(f"{{{SOAP11}}}Body/{{{SPACE}}}Said")
    assert said is not None
    yes, no = said
    assert (yes.tag, yes.text) == (f"{{{SPACE}}}Yes", "a < b & c")
    assert (no.tag, no.text) == (f"{{{SPACE}}}No", None)
    assert no.attrib == {"{http://www.w3.org/2001/XMLSchema-instance}nil": "true"}


def test_a_fault_is_an_envelope() -> None:
    """A fault has a qualified code and a text, both without a namespace (SOAP 1.1, section 4.4)."""
    root = ET.fromstring(soap.fault("Client", "a < b"))  # noqa: S314 - our own document
    found = root.find(f"{{{SOAP11}}}Body/{{{SOAP11}}}Fault")
    assert found is not None
    assert (found.findtext("faultcode"), found.findtext("faultstring")) == ("s:Client", "a < b")
