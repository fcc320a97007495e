"""The pages of a sign-in: whatever is shown on them stays text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from mockserver.wire import pages

ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


class Reader(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def elements(page: str) -> Reader:
    """The page as a browser reads it."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@given(ANY, ANY, ANY)
def test_what_is_posted_arrives_and_adds_no_element(action: str, name: str, value: str) -> None:
    """One form with one hidden input and one button for those without scripts, whatever the texts hold."""
    read = elements(pages.posted(action, [(name, value)]))
    tags = [tag for tag, _ in read.found]
    assert tags == ["html", "head", "title", "body", "h1", "form", "input", "noscript", "button", "script"]
    known = dict(read.found)
    assert known["form"]["action"] == action
    assert (known["input"]["name"], known["input"]["value"]) == (name, value)


@given(ANY, ANY)
def test_who_asks_for_consent_adds_no_element(application: str, hint: str) -> None:
    """The question stays a question with two buttons."""
    read = elements(pages.consent(application, "Cust1", "me", hint, "/login", {"state": hint}))
    assert [tag for tag, _ in read.found].count("button") == 2
    assert len(read.found) == 10
    assert f"{application} wants to act as me in Cust1." in read.text


def test_a_notice_is_text() -> None:
    """It says one thing."""
    assert "<p>a &lt;b&gt; &amp; c</p>" in pages.notice("Refused", "a <b> & c")
