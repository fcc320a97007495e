"""The start page: a browser is logged in there, and a script of its page may then call the API."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from http.cookies import Morsel, SimpleCookie
from typing import NamedTuple

import pytest
from multidict import CIMultiDict

from mockserver.clock import Clock
from mockserver.messages import Request, Response
from mockserver.responders.browser import Browser
from mockserver.server import Parts

from .house import Answer, House

READ = "/Cust12345/api/v1/Contact/1"
SAVE = "/Cust12345/api/v1/Agents/Contact/SaveContactEntity"


class Inputs(HTMLParser):
    """The inputs of a page by name."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input."""
        members = dict(attrs)
        if tag == "input":
            self.found[members["name"] or ""] = members


class Visit(NamedTuple):
    """What a browser has after it has seen a page."""

    session: Morsel[str] | None
    xsrf: Morsel[str]
    hidden: dict[str, str | None]

    @property
    def headers(self) -> dict[str, str]:
        """What a script of the page then sends."""
        assert self.session is not None
        cookies = f"theme=dark; {self.session.key}={self.session.value}; {self.xsrf.key}={self.xsrf.value}"
        return {"Cookie": cookies, "X-XSRF-TOKEN": self.xsrf.value}


def seen(answer: Answer) -> Visit:
    """What a page handed out."""
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    jar: dict[str, Morsel[str]] = {}
    for line in answer.headers.getall("Set-Cookie"):
        jar |= SimpleCookie(line)
    xsrf = jar.pop("XSRF-TOKEN")
    assert len(jar) <= 1
    return Visit(next(iter(jar.values()), None), xsrf, Inputs(answer.body).found["XSRF_TOKEN"])


def visit(house: House, path: str = "/Cust12345/", cookie: str = "") -> Visit:
    """Open a page as a browser does, without any Authorization."""
    return seen(house.ask("GET", path, login=None, headers={"Accept": "text/html", **({"Cookie": cookie} if cookie else {})}))


def call(house: House, headers: dict[str, str], path: str = READ) -> Answer:
    """Call the API as a script does."""
    return house.ask("GET", path, login=None, headers=headers)


@pytest.mark.parametrize(
    "path", ["/Cust12345", "/Cust12345/", "/cust12345/", "/Cust12345/default.aspx", "/Cust12345/Default.aspx"]
)
def test_a_page_hands_out_the_session_and_its_token(house: House, path: str) -> None:
    """The token is in a cookie scripts can read and in the hidden input, the session in one they cannot (protocol 3.1)."""
    found = visit(house, path)
    assert found.session is not None
    assert found.session["httponly"]
    assert not found.xsrf["httponly"]
    assert found.session["path"] == found.xsrf["path"] == f"/{path.split('/')[1]}"
    assert found.hidden["type"] == "hidden"
    assert found.hidden["value"] == found.xsrf.value
    assert len({found.session.value, found.xsrf.value}) == 2
    assert not found.session["secure"]


@pytest.mark.parametrize("installation", ["any", "online", "onsite"])
def test_a_script_calls_with_cookie_and_token(installation: str) -> None:
    """Reading and saving work, as the default user, in every kind of installation."""
    house = House(installation=installation)
    headers = visit(house).headers
    assert call(house, headers).value["ContactId"] == 1
    saved = house.ask("POST", SAVE, {"Name": "From a browser"}, headers, login=None)
    assert (saved.status, saved.value["Name"]) == (200, "From a browser")
    assert [entry["user"] for entry in house.told()] == ["tje0", "tje0", "tje0"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("token", [None, "", "wrong", "twice"])
def test_without_the_token_every_verb_is_401(house: House, method: str, token: str | None) -> None:
    """A cookie alone, which another site's form would send along, opens nothing, not even for reading (protocol 3.1)."""
    headers = visit(house).headers
    right = headers.pop("X-XSRF-TOKEN")
    if token is not None:
        headers["X-XSRF-TOKEN"] = f"{right}, {right}" if token == "twice" else token
    path = "/Cust12345/api/v1/Contact" + ("" if method == "POST" else "/1")
    answer = house.ask(method, path, {"Name": "Forged"}, headers, login=None)
    assert answer.status == 401
    assert answer.value["ErrorType"] == "XsrfValidationException"
    assert list(answer.value) == ["Error", "ErrorType", "ErrorMessage", "ErrorSource"]
    assert answer.headers["WWW-Authenticate"]
    assert right not in answer.body.decode() + repr(answer.headers)
    assert house.ask("GET", READ).value["Name"] == "Own Company AS"


def test_the_refusal_speaks_xml_too(house: House) -> None:
    """In the format that was asked for, like every error."""
    headers = visit(house).headers | {"X-XSRF-TOKEN": "wrong", "Accept": "application/xml"}
    answer = call(house, headers)
    assert answer.status == 401
    assert b"<ErrorType>XsrfValidationException</ErrorType>" in answer.body


@pytest.mark.parametrize("session", ["", "garbage", "=;;=", "é\udcff", "x" * 60_000])
def test_a_cookie_of_nobody_is_401(house: House, session: str) -> None:
    """Garbage is no session, whatever comes with it, and the page gives such a browser a new one."""
    cookie = f"ASP.NET_SessionId={session}"
    answer = call(house, {"Cookie": cookie, "X-XSRF-TOKEN": session})
    assert (answer.status, answer.value) == (401, {"Message": "Authorization has been denied for this request."})
    assert visit(house, cookie=cookie).session is not None


def test_a_browser_that_comes_back_keeps_its_session(house: House) -> None:
    """The page is loaded again with the same session and the same token."""
    first = visit(house)
    again = visit(house, cookie=first.headers["Cookie"])
    assert again.session is None
    assert again.xsrf.value == again.hidden["value"] == first.xsrf.value
    assert call(house, first.headers).status == 200


def test_tenants_have_sessions_of_their_own(house: House) -> None:
    """The cookies of one tenant open no other, and a visit there makes a new session."""
    other = house.tenants.declare_next().name
    mine = visit(house)
    assert call(house, mine.headers, f"/{other}/api/v1/Contact/1").status == 401
    yours = visit(house, f"/{other}/", mine.headers["Cookie"])
    assert yours.session is not None
    assert yours.xsrf.value != mine.xsrf.value
    assert call(house, yours.headers, f"/{other}/api/v1/Contact/1").status == 200


def test_a_session_ends_six_hours_after_its_last_use(house: House) -> None:
    """On the tenant's clock; then the page starts another."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    clock: Clock = tenant.clock
    clock.freeze()
    first = visit(house)
    clock.advance(hours=5, minutes=59)
    assert call(house, first.headers).status == 200
    clock.advance(hours=6)
    assert call(house, first.headers).status == 401
    assert visit(house, cookie=first.headers["Cookie"]).session is not None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/Cust404/"),
        ("GET", "/Cust12345/other.aspx"),
        ("GET", "/Cust12345/default.aspx/"),
        ("GET", "//"),
        ("POST", "/Cust12345/"),
        ("PUT", "/Cust12345/default.aspx"),
    ],
)
def test_no_other_page_logs_anybody_in(house: House, method: str, path: str) -> None:
    """What is no start page of a tenant we know is 404 without a cookie."""
    answer = house.ask(method, path, login=None)
    assert answer.status == 404
    assert "Set-Cookie" not in answer.headers


def test_a_page_shows_names_and_not_their_markup() -> None:
    """A user of any name breaks no page."""
    house = House(user="<b>&\"'")
    page = house.ask("GET", "/Cust12345/", login=None).body.decode()
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;&quot;&#x27; is logged in" in page


async def test_cookies_know_the_prefix_and_the_scheme() -> None:
    """Below a prefix the path is the whole one, and over HTTPS the cookies stay there."""
    house = House()
    browser = Browser(house.settings, house.tenants)

    async def nobody(request: Request) -> Response:
        raise AssertionError(request.path)

    request = Request("GET", "/Cust12345/", headers=CIMultiDict({"Host": "h"}), scheme="https", root="/mock")
    response = await browser(request, nobody)
    assert len(response.headers.getall("Set-Cookie")) == 2
    for line in response.headers.getall("Set-Cookie"):
        assert re.search(r"; path=/mock/Cust12345; Secure; SameSite=Lax(; HttpOnly)?$", line)


def test_the_journal_notes_the_visit_without_its_secrets(house: House) -> None:
    """Neither token nor session is told, the page is."""
    found = visit(house)
    visit(house, cookie=found.headers["Cookie"])
    told = str(house.told())
    assert found.xsrf.value not in told
    assert found.session is not None
    assert found.session.value not in told
    assert [entry["by"] for entry in house.told()] == ["browser", "browser"]
    assert "is logged in to Cust12345" in house.told()[0]["answer"]


def test_the_parts_have_the_page_in_the_chain() -> None:
    """The page is behind the journal, so that a visit is noted."""
    names = [type(each).__name__ for each in Parts(House().settings)._responders()]
    assert names.index("Journal") < names.index("Browser") < names.index("Discovery")
