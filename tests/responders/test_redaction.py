"""What is kept of an exchange: no secret, nobody's data, and still the same entities, ids and joins."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote_plus, urlencode

import pytest

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Operation, Type
from mockserver.errors import SecretFound
from mockserver.responders.cassettes import PSEUDONYMISED, Interaction
from mockserver.responders.redaction import Redactor
from mockserver.wire.xml import Xml

KEY = b"a key of thirty-two characters.."
HOST = "sod2.superoffice.com"
BASE = f"https://{HOST}/Cust54321"
SAVE = f"{BASE}/api/v1/Agents/Contact/SaveContactEntity"
JSON = (("Content-Type", "application/json; charset=utf-8"),)
CANARY = "Zqcanary"


@pytest.fixture
def redactor(catalogue: Catalogue) -> Redactor:
    """A redactor that has seen nothing yet."""
    return Redactor(catalogue, KEY, [HOST])


def exchange(
    uri: str = SAVE,
    request: bytes = b"",
    response: bytes = b"",
    *,
    method: str = "POST",
    request_headers: tuple[tuple[str, str], ...] = JSON,
    response_headers: tuple[tuple[str, str], ...] = JSON,
    status: int = 200,
) -> Interaction:
    """An exchange as it was on the wire."""
    return Interaction(method, uri, request_headers, request, status, "OK", response_headers, response)


def everything(made: Interaction) -> str:
    """All that would be written, unpacked and decoded."""
    told = [made.method, made.uri, made.reason, json.dumps(dict(made.meta), ensure_ascii=False)]
    told += [f"{name}: {value}" for name, value in (*made.request_headers, *made.response_headers)]
    for body in (made.request_body, made.response_body):
        plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        for charset in ("utf-8", "utf-16-le", "utf-16-be"):
            told.append(plain.decode(charset, "replace"))
    return "\n".join(told)


# --- canaries: one in every text of every carrier


class Canaries:
    """Values of any type, with a canary of its own in every text."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.planted = 0

    def of(self, kind: Type, within: tuple[str, ...] = ()) -> object:
        """A value; carriers inside themselves are left out."""
        match kind.kind:
            case Kind.CARRIER:
                if kind.name in within or len(within) > 4:
                    return None
                inside = (*within, kind.name)
                return {each.name: self.of(each.type, inside) for each in self._catalogue.carrier(kind.name).fields}
            case Kind.ARRAY:
                assert kind.item is not None
                return [self.of(kind.item, within)]
            case Kind.MAP:
                assert kind.item is not None
                return {self.text(): self.of(kind.item, within)}
            case Kind.INT32 | Kind.INT64:
                return 17
            case Kind.DOUBLE:
                return 1.5
            case Kind.BOOLEAN:
                return True
            case Kind.DATE_TIME:
                return "2026-03-01T12:00:00"
            case _:
                return self.text()

    def text(self) -> str:
        """The next canary: in the look of whatever it may be."""
        self.planted += 1
        name = f"{CANARY}{letters(self.planted)}"
        looks = (name, f"{name} Zqcanary", f"ola.{name}@firma.no", f"https://www.{name}.no/{name}", f"{name}, 4021 {name}")
        return looks[self.planted % len(looks)]


def letters(number: int) -> str:
    """12 → `bc`: canaries are words, as people's names are."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


ALWAYS = ("ContactEntity", "PersonEntity")
# All 1,900 take minutes: `CANARIES_STEP=1 pytest -k canary` plants in each, the suite in every sixtieth.
STEP = int(os.environ.get("CANARIES_STEP", "60"))


def carriers(catalogue: Catalogue) -> Iterator[tuple[Operation, Type]]:
    """Carriers that operations take or give, each with one such operation."""
    for index, (operation, kind) in enumerate(all_carriers(catalogue)):
        if index % STEP == 0 or str(kind) in ALWAYS:
            yield operation, kind


def all_carriers(catalogue: Catalogue) -> Iterator[tuple[Operation, Type]]:
    """All of them."""
    seen: set[str] = set()
    for operation in catalogue.operations():
        for kind in (operation.body, operation.result):
            if kind is not None and str(kind) not in seen and "{" not in operation.path:
                seen.add(str(kind))
                yield operation, kind


def as_form(value: object, name: str = "") -> list[tuple[str, str]]:
    """Fields in the framework's way."""
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in as_form(each, f"{name}[{key}]" if name else str(key))]
    if isinstance(value, list):
        return [pair for index, each in enumerate(value) for pair in as_form(each, f"{name}[{index}]")]
    return [(name, str(value))]


def test_no_canary_is_kept_in_any_text_of_any_carrier_in_any_format(catalogue: Catalogue) -> None:
    """Of canaries in every text of every carrier, sent and answered, none is kept: the number of leaks is 0."""
    xml = Xml(catalogue)
    leaks: list[str] = []
    redactor = Redactor(catalogue, KEY, [HOST])
    planted = refused = 0
    for operation, kind in carriers(catalogue):
        canaries = Canaries(catalogue)
        value = canaries.of(kind)
        planted += canaries.planted * 6
        text = json.dumps(value).encode()
        formats = {
            "JSON": (text, JSON),
            "gzip": (gzip.compress(text), (*JSON, ("Content-Encoding", "gzip"))),
            "UTF-16": (text.decode().encode("utf-16-le"), (("Content-Type", "text/json; charset=utf-16LE"),)),
            "XML": (xml.encode(value, kind).encode(), (("Content-Type", "application/xml"),)),
            "form": (urlencode(as_form(value)).encode(), (("Content-Type", "application/x-www-form-urlencoded"),)),
            "merge patch": (text, (("Content-Type", "application/merge-patch+json"),)),
        }
        for name, (body, headers) in formats.items():
            raw = exchange(
                f"{BASE}{operation.path}", body, body, method=operation.method, request_headers=headers, response_headers=headers
            )
            try:
                made = redactor.redacted(raw)
            except SecretFound:
                refused += 1
                continue
            if CANARY.lower() in everything(made).lower():
                leaks.append(f"{name}: {kind}")
    assert planted > 5_000
    assert refused == 0
    assert leaks == []


def test_no_canary_is_kept_in_a_json_patch(redactor: Redactor) -> None:
    """Values, paths and names inside values of patch operations are looked at like members."""
    patch = [
        {"op": "replace", "path": "/Name", "value": f"{CANARY} AS"},
        {"op": "add", "path": "/Emails/-", "value": {"Value": f"{CANARY}@firma.no"}},
        {"op": "add", "path": f"/CustomFields/{CANARY}", "value": CANARY},
    ]
    raw = exchange(
        f"{BASE}/api/v1/Contact/5",
        json.dumps(patch).encode(),
        method="PATCH",
        request_headers=(("Content-Type", "application/json-patch+json"),),
    )
    made = redactor.redacted(raw)
    assert CANARY.lower() not in everything(made).lower()
    kept = json.loads(made.request_body)
    assert [each["op"] for each in kept] == ["replace", "add", "add"]
    assert kept[0]["path"] == "/Name"
    assert kept[0]["value"].endswith(" AS")


@pytest.mark.parametrize(
    "uri",
    [
        f"{BASE}/api/v1/Contact?$filter=name+begins+'{CANARY}'",
        f"{BASE}/api/v1/Contact?$filter=email/emailAddress+eq+'{CANARY}%40firma.no'&$select=name",
        f"{BASE}/api/v1/Contact?search={CANARY}",
        f"{BASE}/api/v1/{CANARY}/5",
        f"{BASE}/api/v1/ForeignApp/{CANARY}/{CANARY}/{CANARY}/Key",
        f"{BASE}/login#access_token={CANARY}&state={CANARY}",
        f"https://user:{CANARY}@{HOST}/Cust54321/api/v1/Contact/5",
    ],
    ids=["filter literal", "filter with e-mail", "search", "unknown path", "path parameters", "fragment", "user in the address"],
)
def test_no_canary_is_kept_in_an_address(redactor: Redactor, uri: str) -> None:
    """What is somebody's is replaced in paths, queries and fragments."""
    assert CANARY.lower() not in everything(redactor.redacted(exchange(uri, method="GET"))).lower()


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "SO-AppToken",
        "X-XSRF-TOKEN",
        "Cookie",
        "Set-Cookie",
        "X-Unheard-Of",
        "Referer",
        "X-Forwarded-Host",
        "Location",
    ],
)
def test_no_canary_is_kept_in_a_header(redactor: Redactor, name: str) -> None:
    """Credentials, cookies, links and headers that nobody knows are replaced, in requests and in answers."""
    value = {
        "Authorization": f"Bearer {CANARY}0123456789",
        "Cookie": f"a={CANARY}; b={CANARY}",
        "Set-Cookie": f"a={CANARY}; path=/",
    }
    headers = ((name, value.get(name, f"https://{CANARY}.no/{CANARY}" if name in ("Referer", "Location") else CANARY)),)
    made = redactor.redacted(exchange(request_headers=headers, response_headers=headers))
    assert CANARY.lower() not in everything(made).lower()
    assert [each for each, _ in made.request_headers] == [name]


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("text/html; charset=utf-8", f"<html>{CANARY}</html>".encode()),
        ("text/plain", CANARY.encode()),
        ("application/json", f'{{"Name": "{CANARY}'.encode()),
        ("application/xml", f"<!DOCTYPE a><a>{CANARY}</a>".encode()),
        ("application/octet-stream", b"\0" + CANARY.encode()),
        ("image/png", b"\x89PNG\xff\0" + CANARY.encode()),
        ("multipart/form-data; boundary=x", f"--x\r\n\r\n{CANARY}\r\n--x--".encode()),
        ("application/json", f"{{Name: '{CANARY}'}}".encode()),
    ],
    ids=["html", "text", "broken JSON", "XML with a DTD", "binary", "image", "multipart", "JSON by hand"],
)
def test_a_body_that_cannot_be_read_is_replaced_as_a_whole(redactor: Redactor, label: str, body: bytes) -> None:
    """Nothing of it is kept but its length."""
    made = redactor.redacted(exchange(request=body, request_headers=(("Content-Type", label),)))
    assert CANARY.lower() not in everything(made).lower()
    assert made.request_body


# --- secrets


TOKEN = "8A:Cust54321.AbCdEfGhIjKlMnOpQrStUvWx"
TICKET = "7T:AbCdEfGhIjKlMnOpQrStUvWx0123456789"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvbGFAZmlybWEubm8ifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize("secret", [TOKEN, TICKET, JWT], ids=["token", "ticket", "JSON Web Token"])
def test_a_credential_goes_wherever_it_stands(redactor: Redactor, secret: str) -> None:
    """In headers, queries, members of any name and texts, and in the spelling of URLs."""
    body = json.dumps({"Description": f"use {secret}!", "Odd": secret, "List": [secret], secret: 1}).encode()
    made = redactor.redacted(
        exchange(
            f"{SAVE}?access_token={quote_plus(secret)}",
            body,
            body,
            request_headers=(("Authorization", f"Bearer {secret}"), *JSON),
        )
    )
    assert secret not in everything(made)
    assert quote_plus(secret) not in everything(made)


def test_the_same_credential_has_the_same_stand_in(redactor: Redactor) -> None:
    """A token that a login answers is the one that later calls show."""
    login = redactor.redacted(
        exchange(f"https://{HOST}/login/common/oauth/tokens", b"", json.dumps({"access_token": TOKEN}).encode())
    )
    call = redactor.redacted(exchange(request_headers=(("Authorization", f"Bearer {TOKEN}"),)))
    assert call.request_headers[0][1] == f"Bearer {json.loads(login.response_body)['access_token']}"


def test_a_password_in_basic_is_a_secret_everywhere(redactor: Redactor) -> None:
    """What Basic packs in base64 is unpacked and remembered."""
    made = redactor.redacted(
        exchange(
            request=b'{"Comment": "my pass is Sommer-2026!"}',
            response=b'{"Echo": "Sommer-2026!"}',
            request_headers=(("Authorization", "Basic b2xhOlNvbW1lci0yMDI2IQ=="), *JSON),  # ola:Sommer-2026!
        )
    )
    assert "Sommer-2026!" not in everything(made)
    assert "b2xhOlNvbW1lci0yMDI2IQ==" not in everything(made)


def test_tenant_and_hosts_are_replaced_by_the_same_names_everywhere(redactor: Redactor) -> None:
    """Links in an answer still lead to where the request went."""
    answer = {
        "Api": f"https://{HOST}/Cust54321/api",
        "ContextIdentifier": "Cust54321",
        "Endpoint": "https://online7.superoffice.com/",
    }
    made = redactor.redacted(exchange(response=json.dumps(answer).encode()))
    told = json.loads(made.response_body)
    assert made.uri.startswith(f"{told['Api']}/v1/")
    assert told["ContextIdentifier"] in made.uri
    assert "superoffice.com" not in everything(made)
    assert "54321" not in everything(made)


def test_a_secret_learnt_later_is_taken_out_of_what_was_kept(redactor: Redactor) -> None:
    """A password that passed as an odd header before anybody knew what it was."""
    earlier = exchange(response=b'{"a": 1}', response_headers=(("Server", "Winter-2027?"), *JSON))
    kept = redactor.redacted(earlier)
    assert "Winter-2027?" in everything(kept)
    redactor.redacted(exchange(request=b'{"Password": "Winter-2027?"}'))
    assert redactor.secrets.learnt_since()
    assert "Winter-2027?" not in everything(redactor.scrubbed(kept))


# --- people


PERSON = {
    "PersonId": 12,
    "Firstname": "Ola",
    "Lastname": "Nordmann",
    "FullName": "Ola Nordmann",
    "Emails": [{"Value": "ola.nordmann@firma.no"}],
    "OfficePhones": [{"Value": "+47 22 51 80 00", "StrippedValue": "22518000"}],
    "BirthDate": "1980-05-17T00:00:00",
    "PersonNumber": "17058012345",
    "Contact": {"ContactId": 5, "Name": "Firma AS", "OrgNr": "NO 987 654 321 MVA"},
    "UpdatedDate": "2026-03-01T12:00:00",
    "Country": {"CountryId": 578, "Name": "Norway"},
}
GET_PERSON = f"{BASE}/api/v1/Agents/Person/GetPersonEntity?personEntityId=12"


def kept_person(redactor: Redactor) -> dict[str, object]:
    """The person as it is kept."""
    made = redactor.redacted(exchange(GET_PERSON, response=json.dumps(PERSON).encode()))
    value: dict[str, object] = json.loads(made.response_body)
    return value


def test_people_are_replaced_and_ids_dates_and_words_of_the_api_stay(redactor: Redactor) -> None:
    """Names, e-mail, phone, birth date and numbers are others; ids, times and stock lists are the same."""
    kept = kept_person(redactor)
    text = json.dumps(kept)
    for each in ("Ola", "Nordmann", "firma", "22 51 80 00", "22518000", "1980-05-17", "17058012345", "987 654 321"):
        assert each not in text, each
    assert (kept["PersonId"], kept["UpdatedDate"]) == (12, "2026-03-01T12:00:00")
    assert kept["Country"] == PERSON["Country"]


def test_a_stand_in_fits_wherever_its_person_stands(redactor: Redactor) -> None:
    """A full name is the first and the last name, in e-mail addresses too; numbers keep their form."""
    kept = kept_person(redactor)
    first, last = str(kept["Firstname"]), str(kept["Lastname"])
    assert kept["FullName"] == f"{first} {last}"
    email = kept["Emails"][0]["Value"]  # type: ignore[index]
    assert email.startswith(f"{first}.{last}.".lower())
    assert email.endswith(".example")
    phones = kept["OfficePhones"][0]  # type: ignore[index]
    assert [len(each) for each in phones["Value"].split(" ")] == [3, 2, 2, 2, 2]
    assert phones["Value"].replace(" ", "") == f"+47{phones['StrippedValue']}"
    assert len(str(kept["PersonNumber"])) == 11
    assert str(kept["Contact"]["OrgNr"]).startswith("NO ")  # type: ignore[index]
    assert str(kept["Contact"]["Name"]).endswith(" AS")  # type: ignore[index]


def test_stand_ins_are_the_same_in_another_run_with_the_same_key_only(catalogue: Catalogue) -> None:
    """Two cassettes of one key join; another key gives other people."""
    one, again, other = (kept_person(Redactor(catalogue, key, [HOST])) for key in (KEY, KEY, b"another key of enough characters"))
    assert one == again
    assert one["FullName"] != other["FullName"]
    assert one["Emails"] != other["Emails"]


def test_a_filter_finds_the_stand_in_of_what_it_looked_for(redactor: Redactor) -> None:
    """A name in `$filter` becomes what the name became in the answer."""
    made = redactor.redacted(
        exchange(
            f"{BASE}/api/v1/Person?$filter=lastname+begins+'Nordmann'",
            response=json.dumps({"value": [{"lastname": "Nordmann", "personId": 12}]}).encode(),
            method="GET",
        )
    )
    assert json.loads(made.response_body)["value"][0]["lastname"] in made.uri
    assert made.meta[PSEUDONYMISED] == ["?$filter"]


def test_what_was_replaced_in_a_request_is_marked(redactor: Redactor) -> None:
    """The player leaves these places out when it compares."""
    made = redactor.redacted(exchange(request=b'{"ContactId": 5, "Name": "Firma AS", "Emails": [{"Value": "a@firma.no"}]}'))
    assert made.meta[PSEUDONYMISED] == ["Name", "Emails[0].Value"]


def test_the_rest_of_a_document_stays_as_it_was_written(redactor: Redactor) -> None:
    """White space, order, number formats and repeated names are the sender's."""
    body = b'{ "ContactId" : 5.0,\n\t"Deleted": false, "Name":"Firma AS","Rank": 1e3, "UpdatedDate": "2026-03-01T12:00:00" }'
    made = redactor.redacted(exchange(request=body))
    name = json.loads(made.request_body)["Name"]
    assert made.request_body == body.replace(b"Firma AS", name.encode())


def test_a_length_that_was_said_is_the_length_that_is_kept(redactor: Redactor) -> None:
    """Content-Length follows the body, packed or not."""
    body = gzip.compress(json.dumps(PERSON).encode())
    headers = (*JSON, ("Content-Encoding", "gzip"), ("Content-Length", str(len(body))))
    made = redactor.redacted(exchange(response=body, response_headers=headers))
    assert dict(made.response_headers)["Content-Length"] == str(len(made.response_body))
    assert gzip.decompress(made.response_body) != json.dumps(PERSON).encode()


# --- refusals


@pytest.mark.parametrize(
    ("headers", "body", "says"),
    [
        ((("Content-Encoding", "br"), *JSON), b"abc", "packed as 'br'"),
        ((("Content-Encoding", "gzip"), *JSON), b"no gzip", "is no gzip"),
        ((("Content-Encoding", "gzip"), *JSON), gzip.compress(b"{}" * 5000)[:-9], "cut off"),
    ],
    ids=["unknown packing", "false packing", "half a body"],
)
def test_what_cannot_be_looked_into_is_refused(
    redactor: Redactor, headers: tuple[tuple[str, str], ...], body: bytes, says: str
) -> None:
    """The sentence says which part, and why."""
    with pytest.raises(SecretFound, match=says) as refusal:
        redactor.redacted(exchange(response=body, response_headers=headers))
    assert "response.body" in str(refusal.value)


def test_a_refusal_names_the_field_and_never_the_value(redactor: Redactor) -> None:
    """An e-mail address in a header that is kept as it is."""
    raw = exchange(request_headers=(("User-Agent", "sync/1.0 (ola@firma.no)"),))
    with pytest.raises(SecretFound, match=r"request\.headers\.User-Agent holds an e-mail address") as refusal:
        redactor.redacted(raw)
    assert "firma" not in str(refusal.value)


def test_an_allowed_field_stays_and_nothing_else(catalogue: Catalogue) -> None:
    """`--allow` takes a field with any index; credentials go all the same."""
    redactor = Redactor(catalogue, KEY, [HOST], ["response.body.Emails[].Value", "request.headers.User-Agent"])
    raw = exchange(
        response=json.dumps({"Name": "Firma AS", "Emails": [{"Value": "post@firma.no"}, {"Value": TICKET}]}).encode(),
        request_headers=(("User-Agent", "sync/1.0 (ola@firma.no)"),),
    )
    kept = json.loads(redactor.redacted(raw).response_body)
    assert kept["Emails"][0]["Value"] == "post@firma.no"
    assert TICKET not in kept["Emails"][1]["Value"]
    assert kept["Name"] != "Firma AS"


def test_redacting_leaves_the_exchange_as_it_is(redactor: Redactor) -> None:
    """The client's answer is not what is redacted (exvcr#167)."""
    raw = exchange(response=json.dumps(PERSON).encode())
    before = replace(raw)
    redactor.redacted(raw)
    assert raw == before
