"""Secrets out of what is told: by name in every kind of text, by shape, and wherever they stand again; all else stays."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.responders.secrets import HIDDEN, Veil

JSON, XML, FORM, HTML = "application/json", "application/xml", "application/x-www-form-urlencoded", "text/html"
API = "/Cust12345/api/v1/Agents/Contact/SaveContactEntity"
LOGIN = "/login/common/oauth/tokens"


def veil(path: str = API, **headers: str) -> Veil:
    """A veil over a request to this path."""
    return Veil(CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()}), path)


def told(text: str, label: str = JSON, path: str = API) -> str:
    """What is told of a body."""
    found = veil(path).body(text.encode(), label)
    assert found is not None
    return found


# --- what stays


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('{"Name":"First AS","ContactId":1}', JSON),
        ('{ "Name" : "Spaces stay" }', JSON),
        ('{"Product":{"Code":"A-1"},"State":"Running","ZipCode":"0150"}', JSON),
        ('{"TicketId":5,"Ticket":{"Title":"It is broken","TicketStatus":2}}', JSON),
        ('{"ChatSessionId":5,"CredentialType":"x","TokenType":"Bearer","PasswordId":1}', JSON),
        ('{"CanChangePassword":true,"Password":null,"Secret":"","UseStoredPassword":false}', JSON),
        ('{"token_endpoint":"http://localhost/login/common/oauth/tokens","token_type":"Bearer"}', JSON),
        ("<ContactEntity><Name>First AS</Name><State>x</State></ContactEntity>", XML),
        ("<E><Ticket><Title>It is broken</Title></Ticket><Password/><Secret></Secret></E>", XML),
        ("Name=First+AS&ContactId=1&grant_type=refresh_token", FORM),
        ("<p>tje0 is logged in</p><input type='text' name='q' value='x'>", HTML),
        ("plain words", "text/plain"),
        ("[1,2,3]", JSON),
        ("{'Name': 'by hand'", JSON),
        ("", JSON),
        ("50 % of x=1", "text/plain"),
    ],
)
def test_what_is_no_secret_is_told_as_it_is(text: str, label: str) -> None:
    """A journal that hides too much helps nobody."""
    assert told(text, label) == text


def test_nothing_is_told_of_what_was_not_read() -> None:
    """A body that nobody asked for is None."""
    assert veil().body(None, JSON) is None


def test_a_long_body_is_told_in_part() -> None:
    """With its length in bytes."""
    assert told('{"Name":"' + 70_000 * "x" + '"}') == '{"Name":"' + (65_536 - 9) * "x" + "… (70011 bytes)"
    assert told(1_100_000 * "x", "text/plain") == 65_536 * "x" + "… (1100000 bytes)"


# --- what goes


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"password": "s3cret", "Name": "a"}, {"password": HIDDEN, "Name": "a"}),
        ({"Password": 123456}, {"Password": HIDDEN}),
        ({"OldPassword": ["s3cret", {"x": "s3cret"}]}, {"OldPassword": [HIDDEN, {"x": HIDDEN}]}),
        ({"a": [{"b": {"ClientSecret": "s3cret"}}]}, {"a": [{"b": {"ClientSecret": HIDDEN}}]}),
        ({"Ticket": "s3cret"}, {"Ticket": HIDDEN}),
        ({"Ticket": {"Title": "a", "Secret": "s3cret"}}, {"Ticket": {"Title": "a", "Secret": HIDDEN}}),
        (
            {"http://schemes.superoffice.net/identity/ticket": "s3cret"},
            {"http://schemes.superoffice.net/identity/ticket": HIDDEN},
        ),
        ({"Credential": {"Type": "a", "Value": "s3cret"}}, {"Credential": {"Type": "a", "Value": HIDDEN}}),
        ([{"Key": "Password", "Value": "s3cret"}], [{"Key": "Password", "Value": HIDDEN}]),
        ({"op": "add", "path": "/Password", "value": "s3cret"}, {"op": "add", "path": "/Password", "value": HIDDEN}),
        ({"password": "s3cret", "Name": "by s3cret again"}, {"password": HIDDEN, "Name": f"by {HIDDEN} again"}),
        ({"u": "http://h/c?code=s3cret&x=1#access_token=s3cret"}, {"u": f"http://h/c?code={HIDDEN}&x=1#access_token={HIDDEN}"}),
        ({"Name": "8A:Cust12345.s3cret, 7T:s3cret"}, {"Name": f"{HIDDEN}, {HIDDEN}"}),
        ({"Name": "eyJhbGciOi.s3cret.s3cret"}, {"Name": HIDDEN}),
    ],
)
def test_json_loses_the_values_of_secrets(sent: object, expected: object) -> None:
    """Under any name of a secret, at any depth, and where the value stands again."""
    assert json.loads(told(json.dumps(sent))) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("<a><Password>s3cret</Password><b>c</b></a>", "<a><Password>***</Password><b>c</b></a>"),
        ("<a><x:Token xmlns:x='u'>s3cret</x:Token></a>", "<a><x:Token xmlns:x='u'>***</x:Token></a>"),
        ("<a><Password><b>s3cret</b></Password></a>", "<a><Password>***</Password></a>"),
        ("<a><Password><![CDATA[s3cret]]></Password></a>", "<a><Password>***</Password></a>"),
        ("<a><Password>s3cret", "<a><Password>***"),
        ("<a password='s3cret' b='c'/>", "<a password=\"***\" b='c'/>"),
        ("<a><Ticket>s3cret</Ticket></a>", "<a><Ticket>***</Ticket></a>"),
        ("<M><Key>Password</Key><Value>s3cret</Value></M>", "<M><Key>Password</Key><Value>***</Value></M>"),
        ('<input name="code" value="s3cret">', '<input name="code" value="***">'),
        ('<input value="s3cret" type="hidden" name="XSRF_TOKEN">', '<input value="***" type="hidden" name="XSRF_TOKEN">'),
        ('<a href="/c?code=s3cret&amp;state=s3cret">', '<a href="/c?code=***&amp;state=***">'),
        ("<a><Token>s3cret</Token><b>s3cret</b></a>", "<a><Token>***</Token><b>***</b></a>"),
    ],
)
def test_markup_loses_the_values_of_secrets(sent: str, expected: str) -> None:
    """In elements, attributes, entries of dictionaries and inputs of forms, whole or cut short."""
    assert told(sent, XML) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("code=s3cret&x=1", "code=***&x=1"),
        ("p%61ssword=s3cret", "p%61ssword=***"),
        ("user[password]=s3cret&user.token=s3cret&x", "user[password]=***&user.token=***&x"),
        ("u=http%3A%2F%2Fh%3Fcode%3Ds3cret", "u=***"),
        ("token=7T%3as3cret&again=7T%3as3cret", "token=***&again=***"),
        ("password%3Ds3cret", "***"),
        ("password=s3cret=s3cret", "password=***"),
        ("state=s3cret", "state=***"),
    ],
)
def test_forms_and_queries_lose_the_values_of_secrets(sent: str, expected: str) -> None:
    """Whatever way the names are written."""
    assert told(sent, FORM) == expected
    assert veil().query(sent) == expected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('{"password": "s3cret"', JSON),
        ("my password is s3cret", "text/plain"),
        ("<!DOCTYPE x [<!ENTITY e 's3cret'>]><Password>&e;</Password>", XML),
        ("[" * 2000 + '"token s3cret"' + "]" * 2000, JSON),
        ('{"password": "s3cret", "x": "' + 1_100_000 * "x" + '"}', JSON),
        ('--b\r\nContent-Disposition: form-data; name="token"\r\n\r\ns3cret\r\n--b--', "multipart/form-data; boundary=b"),
    ],
)
def test_what_names_a_secret_and_cannot_be_read_is_not_told(text: str, label: str) -> None:
    """The journal fails closed, and says how much it does not say."""
    assert told(text, label) == f"({len(text)} bytes that name a secret and cannot be read are not told)"


def test_two_plain_words_are_secret_at_the_login_service_in_any_letter_case() -> None:
    """Elsewhere `Code` and `State` are members of the API."""
    assert json.loads(told('{"Code": "s3cret"}', path=LOGIN)) == {"Code": HIDDEN}
    assert json.loads(told('{"Code": "A-1"}')) == {"Code": "A-1"}


@pytest.mark.parametrize(
    "text",
    ['"s3cret"', "<string>s3cret</string>", "s3cret", '{"Value": "s3cret"}', "<XsrfValue><Value>s3cret</Value></XsrfValue>"],
)
@pytest.mark.parametrize(
    "path", ["/api/v1/User/currentToken", "/api/v1/Agents/User/SetGeneratedPassword/", "/api/v1/Agents/Preference/GetXsrfValue"]
)
def test_a_call_that_is_about_a_secret_tells_no_bare_value(path: str, text: str) -> None:
    """Some methods answer a token or a password that has no name."""
    assert "s3cret" not in told(text, XML if text.startswith("<") else JSON, path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer s3cret"),
        ("Authorization", "Basic dGplMDpzM2NyZXQ="),
        ("Authorization", "s3cret"),
        ("Proxy-Authorization", "Basic dGplMDpzM2NyZXQ="),
        ("Cookie", "a=b; session=s3cret"),
        ("SO-AppToken", "s3cret"),
        ("X-XSRF-TOKEN", "s3cret"),
        ("X-Api-Key", "s3cret"),
    ],
)
def test_what_a_header_held_is_hidden_everywhere(name: str, value: str) -> None:
    """A credential that is repeated in a text goes there, too; the word of its scheme stays."""
    over = veil(**{name.replace("-", "_"): value})
    assert over.text("Basic and Bearer, s3cret or not") == "Basic and Bearer, *** or not"
    assert over.body(b'{"Name":"s3cret"}', JSON) == '{"Name":"***"}'


def test_a_thousand_secrets_are_hidden_under_their_names() -> None:
    """Only so many are looked for elsewhere, so that telling stays quick."""
    many = [{"password": f"s3cret{number}"} for number in range(30_000)]
    assert "s3cret" not in told(json.dumps(many))


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_are_read(charset: str) -> None:
    """A secret does not hide between zeros."""
    text = veil().body('{"password": "s3cret", "Name": "ø"}'.encode(charset), JSON)
    assert text is not None
    assert json.loads(text) == {"password": HIDDEN, "Name": "ø"}


# --- whatever is sent

SECRET = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=3).map("s3cret-{}-s3cret".format)
NAMES = st.sampled_from(
    ["password", "access_token", "RefreshToken", "client_secret", "code", "code_verifier", "SignedSystemToken"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(NAMES, SECRET, VALUES, st.lists(st.text(max_size=5), max_size=4), st.integers(0, 200))
def test_no_json_tells_a_secret_whole_or_cut_short(name: str, secret: str, beside: object, above: list[str], cut: int) -> None:
    """Somewhere in a document, in any characters, escaped or not, and where the document breaks off."""
    value: object = {"before": beside, name: secret, "after": beside}
    for each in above:
        value = {each: value}
    for escaped in (True, False):
        text = json.dumps(value, ensure_ascii=escaped)
        for sent in (text, text[: len(text) - cut]):
            shown = told(sent)
            assert "s3cret" not in shown
            assert secret not in shown


@given(NAMES, SECRET, st.text(max_size=10), st.sampled_from(["{}[{}]", "{}.{}"]), st.text(max_size=10))
def test_no_form_tells_a_secret(name: str, secret: str, around: str, nest: str, other: str) -> None:
    """Encoded in any way, nested or not."""
    for key in (name, nest.format("x", name)):
        for sent in (urlencode([(around, other), (key, secret), (other, around)]), f"{quote(key, safe='')}={quote(secret)}"):
            assert "s3cret" not in veil().query(sent)
            assert "s3cret" not in told(sent, FORM)


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(str.encode),
    st.sampled_from([JSON, XML, FORM, HTML, "", "x;charset=utf-16"]),
)
def test_any_bytes_can_be_told(content: bytes, label: str) -> None:
    """Garbage of any kind is told or withheld, and nothing is raised."""
    for path in (API, LOGIN, "/api/v1/User/currentToken"):
        assert isinstance(veil(path).body(content, label), str)
        assert isinstance(veil(path).query(content.decode("utf-8", "surrogateescape")), str)
