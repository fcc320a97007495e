"""A document as a tree, once it is known to do no harm; one that would is refused. Must not know types.

The standard library's tree is the quickest reader of any document there is without another dependency; large documents are
looked at before they become one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.errors import BadRequest

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
    from xml.parsers.expat import XMLParserType

HARMLESS: Final = 2**15
"""Below this many characters no document can do harm, and a second look would cost more than reading it."""

DEEPEST: Final = 64
_MOST_ELEMENTS = 1_000_000
_LONGEST_NAMESPACE = 1000


def tree(document: str) -> Element:
    """The root of a document that does no harm; a process that never sees XML does not pay for its reader."""
    from xml.etree import ElementTree as ET
    from xml.parsers import expat

    try:
        if len(document) > HARMLESS or "<!DOCTYPE" in document:
            _inspect(document, expat.ParserCreate())
        return ET.fromstring(document)  # noqa: S314 - what is to be feared has been refused
    except (ET.ParseError, expat.ExpatError) as error:
        raise _refused(f"the XML body cannot be read: {str(error)[:200]}") from None
    except UnicodeEncodeError:
        raise _refused("the XML body holds half a surrogate pair") from None


def check_depth(depth: int) -> None:
    """Raise `BadRequest` where elements are nested too deeply."""
    if depth > DEEPEST:
        raise _refused(f"the XML body is nested deeper than {DEEPEST} levels")


def _refused(why: str) -> BadRequest:
    return BadRequest("The request body is not valid XML.", explanation=why)


def _inspect(document: str, parser: XMLParserType) -> None:
    """Refuse what is small to send and large to read, before a tree is built of it."""
    count = depth = 0

    def start(_: str, attributes: dict[str, str]) -> None:
        nonlocal count, depth
        count, depth = count + 1, depth + 1
        check_depth(depth)
        if count > _MOST_ELEMENTS:
            raise _refused(f"the XML body has more than {_MOST_ELEMENTS} elements")
        # The tree repeats the name of a namespace in every tag: a long one makes a small document enormous.
        if any(len(value) > _LONGEST_NAMESPACE for name, value in attributes.items() if name.startswith("xmlns")):
            raise _refused(f"the XML body has the name of a namespace with more than {_LONGEST_NAMESPACE} characters")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise _refused("XML with a document type declaration is refused")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(document, True)
