"""Tests of the router: method and path to operation and typed arguments."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.catalogue.model import Operation, Parameter, Place, Type
from mockserver.catalogue.routing import Router, canonical_tenant, split_tenant
from mockserver.errors import ApiError, InvalidArgument, NoSuchOperation, WrongVerb

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Neither a number nor the name of anything; with what a path must encode.
TEXT, ENCODED = "Bjørn & Co/1", "Bj%C3%B8rn%20%26%20Co%2F1"


@pytest.fixture(scope="module")
def router(catalogue: Catalogue) -> Router:
    """The router of the shipped catalogue."""
    return Router(catalogue)


def odd_case(text: str, chance: random.Random) -> str:
    """The same text with every letter in a random case."""
    return "".join(chance.choice((each.lower(), each.upper())) for each in text)


def filled(operation: Operation, chance: random.Random) -> tuple[str, dict[str, object]]:
    """A path that asks for the operation, its literal parts in odd case, and the arguments that it carries."""
    kinds = {each.name.lower(): each for each in operation.parameters if each.place is Place.PATH}
    arguments: dict[str, object] = {}
    parts = []
    for part in re.split(r"(\{[^}]*\})", operation.path):
        if not part.startswith("{"):
            parts.append(odd_case(part, chance))
            continue
        parameter = kinds[part[1:-1].lower()]
        match str(parameter.type).split(" "):
            case ["int32"]:
                number = chance.randrange(-(2**31), 2**31)
                parts.append(str(number))
                arguments[parameter.name] = number
            case ["enum", name]:
                member = chance.choice(list(load_catalogue().enum(name).members))
                parts.append(odd_case(member, chance))
                arguments[parameter.name] = member.lower()
            case ["string"]:
                parts.append(ENCODED)
                arguments[parameter.name] = TEXT
            case other:
                pytest.fail(f"{operation.id} has a path parameter of a type that this test does not know: {other}")
    return "".join(parts), arguments


def comparable(operation: Operation, arguments: dict[str, object]) -> dict[str, object]:
    """Arguments with the members of enums in lower case: how they are spelled is not the router's business."""
    enums = {each.name for each in operation.parameters if str(each.type).startswith("enum")}
    return {name: str(value).lower() if name in enums else value for name, value in arguments.items()}


# --- every operation


@pytest.mark.parametrize("tenant", ["", "Cust12345"], ids=["without a tenant in front", "with a tenant in front"])
@pytest.mark.parametrize("seed", range(2))
def test_every_operation_routes_to_itself(catalogue: Catalogue, router: Router, tenant: str, seed: int) -> None:
    """Every operation of the catalogue is found in any letter case, and its path arguments come back typed."""
    chance = random.Random(seed)
    for operation in catalogue.operations():
        path, arguments = filled(operation, chance)
        named, rest = split_tenant(f"/{tenant}{path}" if tenant else path)
        assert named == tenant, path
        found, given_back = router.find(operation.method, rest)
        assert found.id == operation.id, path
        assert comparable(found, given_back) == arguments, path


def conflicts() -> Iterator[list[str]]:
    """Operations that are the same once letter case and the names of parameters are ignored."""
    routes = defaultdict(list)
    for name, row in load_catalogue().operation_rows.items():
        routes[row["http"], re.sub(r"\{[^}]*\}", "{}", row["path"].lower())].append(name)
    return (names for names in routes.values() if len(names) > 1)


PAIRS = list(conflicts())


def test_there_are_37_pairs_that_only_types_tell_apart() -> None:
    """The published API has 37 pairs of operations with one method and one path but for parameters, as it was measured."""
    assert [len(names) for names in PAIRS] == [2] * 37


@pytest.mark.parametrize("names", PAIRS, ids=[" or ".join(names) for names in PAIRS])
def test_a_conflicting_pair_is_told_apart_by_type(catalogue: Catalogue, router: Router, names: list[str]) -> None:
    """A number, the member of an enum and any other text reach the operation that is published with that type."""
    for name in names:
        operation = catalogue.operation(name)
        path, _ = filled(operation, random.Random(name))
        assert router.find(operation.method, path)[0].id == name


# --- the spelling of a path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/Contact/", "v1ContactEntity_GetAll"),
        ("/api/v1/Contact/5/", "v1ContactEntity_GetContactEntity"),
        ("/api/v1/List/110/", "v1ListEntity_GetListEntity"),
    ],
    ids=["on a collection", "on a row", "as in a recorded Self link"],
)
def test_a_trailing_slash_changes_nothing(router: Router, path: str, name: str) -> None:
    """A slash at the end is allowed, since the recorded links of the service have one (protocol 1.2)."""
    assert router.find("GET", path)[0].id == name


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ("Bj%C3%B8rn", "Bjørn"),
        ("Bj%c3%b8rn", "Bjørn"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("a%2Fb", "a/b"),
        ("100%25", "100%"),
        ("%61bc", "abc"),
    ],
    ids=["UTF-8", "lower-case digits", "a space", "a plus is a plus", "a slash", "a percent sign", "needlessly"],
)
def test_a_percent_encoded_argument_is_decoded(router: Router, segment: str, text: str) -> None:
    """A path argument is percent-decoded once, as UTF-8, and only after the path was split (RFC 3986, 2.4)."""
    operation, arguments = router.find("GET", f"/api/v1/User/{segment}")
    assert (operation.id, list(arguments.values())) == ("v1User_GetUserFromName", [text])


@pytest.mark.parametrize("path", ["/api/v1/Cont%61ct/5", "/api/v1/%43ontact/5"], ids=["in the middle", "at the start"])
def test_needless_encoding_of_a_literal_changes_nothing(router: Router, path: str) -> None:
    """A percent-encoded letter is the letter (RFC 3986, 6.2.2.2: encoded unreserved characters are equivalent)."""
    assert router.find("GET", path)[0].id == "v1ContactEntity_GetContactEntity"


# --- refusals


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/Agents/Contact/SaveContactEntity", ("POST",)),
        ("PUT", "/api/v1/Contact", ("GET", "POST")),
        ("POST", "/api/v1/Contact/5", ("DELETE", "GET", "PATCH", "PUT")),
        ("DELETE", "/api/v1/contact/5/simple", ("GET",)),
    ],
    ids=["an agent's method", "a collection", "a row", "a view of a row"],
)
def test_a_wrong_verb_is_told_with_the_right_ones(router: Router, method: str, path: str, allowed: tuple[str, ...]) -> None:
    """A known path with another verb is refused in the framework's words, naming the verbs it has (protocol 4.1)."""
    with pytest.raises(WrongVerb) as caught:
        router.find(method, path)
    assert caught.value.message == f"The requested resource does not support http method '{method}'."
    assert caught.value.allowed == allowed


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/api",
        "/api/v1/Kontakt/5",
        "/api/v1/Contact/5/Nothing",
        "/api/v1/Contact/5/6/7/8/9",
        "/api/v1/Agents/Contact/GetNothing",
        "/api/v2/Contact/5",
        "/api/v2/Contact",
        "/other/path/Contact/5",
    ],
    ids=[
        "nothing",
        "the root",
        "the API's own root",
        "an unknown resource",
        "an unknown child",
        "too deep",
        "an unknown agent method",
        "a row of another version",
        "a collection of another version",
        "a row below another path",
    ],
)
def test_an_unknown_path_is_no_operation(router: Router, path: str) -> None:
    """Only what is published below /api/v1 is an operation."""
    with pytest.raises(NoSuchOperation):
        router.find("GET", path)


@pytest.mark.parametrize(
    "segment",
    ["glops", "5x", "5.0", "0x5", "2147483648", "-2147483649", "9" * 30, "%D9%A5", "%20"],
    ids=["a word", "half", "a fraction", "hexadecimal", "too large", "too small", "far too large", "Arabic digits", "blank"],
)
def test_a_path_id_that_is_no_int32_is_an_invalid_argument(router: Router, segment: str) -> None:
    """An id that is no number is refused in the words of a bad agent parameter, which name it and its type (4.1)."""
    with pytest.raises(InvalidArgument) as caught:
        router.find("GET", f"/api/v1/Contact/{segment}")
    assert_refusal(caught.value, "id", "System.Int32")


@given(st.sampled_from(METHODS), st.text() | st.from_regex(r"(/[aA][pP][iI]/v1)?(/[A-Za-z0-9%{}$.]{0,9}){0,5}", fullmatch=True))
@example("GET", "/api/v1/{id}")
@example("GET", "/api/v1/Contact/%")
@example("GET", "/api/v1/Contact/%FF")
def test_any_path_is_found_or_refused(method: str, path: str) -> None:
    """Whatever is asked, the router answers an operation or an error of the API, nothing else."""
    router = whole_router()
    try:
        operation, _ = router.find(method, path)
    except ApiError:
        return
    assert operation.method == method


# --- arguments in the query

KINDS = {
    "number": "int32",
    "long": "int64",
    "ratio": "double",
    "yes": "boolean",
    "when": "date-time",
    "kind": "enum AddressType",
    "text": "string",
    "numbers": "int32[]",
    "texts": "string[]",
}


def asking(name: str, *, required: bool = False) -> Operation:
    """An operation with one query parameter, whose type follows from its name."""
    parameter = Parameter(name, Place.QUERY, Type.parse(KINDS[name]), required)
    return Operation("v1TestAgent_Ask", "POST", "/api/v1/Agents/Test/Ask", "Test", (parameter,), None, {}, (), ())


def arguments(router: Router, operation: Operation, query: str) -> dict[str, object]:
    """What the operation is asked with."""
    read = router.query_reader(operation)
    assert read is not None
    return read(query)


def assert_refusal(error: InvalidArgument, name: str, clr: str) -> None:
    """The framework's words for a missing argument and for a wrong one (protocol 4.1)."""
    assert error.message == "The request is invalid."
    assert error.detail is not None
    assert error.detail.startswith(
        f"The parameters dictionary contains a null entry for parameter '{name}' of non-nullable type '{clr}' for method '"
    )
    assert error.detail.endswith(
        "An optional parameter must be a reference type, a nullable type, or be declared as an optional parameter."
    )


@pytest.mark.parametrize("name", ["contactEntityId", "ContactEntityId", "CONTACTENTITYID", "contactentityid"])
def test_the_name_of_a_query_argument_has_any_letter_case(catalogue: Catalogue, router: Router, name: str) -> None:
    """Clients and documentation spell query names differently (protocol 1.3); it comes back under its published name."""
    operation = catalogue.operation("v1ContactAgent_GetContactEntity")
    assert arguments(router, operation, f"{name}=5") == {"contactEntityId": 5}


@pytest.mark.parametrize(
    ("name", "query", "value"),
    [
        ("number", "number=2147483647", 2**31 - 1),
        ("number", "number=-2147483648", -(2**31)),
        ("number", "number=%2B5", 5),
        ("number", "number=1&number=2", 2),
        ("long", "long=9223372036854775807", 2**63 - 1),
        ("ratio", "ratio=1.5", 1.5),
        ("ratio", "ratio=-2", -2.0),
        ("yes", "yes=true", True),
        ("yes", "yes=False", False),
        ("yes", "YES=TRUE", True),
        ("kind", "kind=Unknown", "Unknown"),
        ("kind", "kind=16387", "16387"),
        ("when", "when=2026-03-01T12:00:00", "2026-03-01T12:00:00"),
        ("text", "text=", ""),
        ("text", "text=a+b", "a b"),
        ("text", "text=a%2Bb%26c%3Dd", "a+b&c=d"),
        ("text", "text=%C3%A6", "æ"),
        ("numbers", "numbers=1&numbers=2&Numbers=3", [1, 2, 3]),
        ("numbers", "numbers=7", [7]),
        ("texts", "texts=a&texts=b", ["a", "b"]),
        ("text", "&text=a", "a"),
        ("text", "?&text=a", "a"),
        ("text", "other=1&text=a", "a"),
    ],
    ids=[
        "the largest int32",
        "the smallest int32",
        "a number with a plus",
        "the last of two",
        "the largest int64",
        "a double",
        "a whole double",
        "true",
        "False as .NET writes it",
        "TRUE under another name's case",
        "the member of an enum",
        "the number of a member",
        "a date",
        "an empty text",
        "a plus is a space",
        "encoded punctuation",
        "UTF-8",
        "an array, repeated in any case",
        "an array of one",
        "an array of texts",
        "a stray ampersand",
        "a stray question mark as in the documentation",
        "beside an unknown name",
    ],
)
def test_a_query_argument_is_typed(router: Router, name: str, query: str, value: object) -> None:
    """The texts of a query become values of the published type."""
    found = arguments(router, asking(name), query)
    assert found == {name: value}
    assert type(found[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "query", "clr"),
    [
        ("number", "number=glops", "System.Int32"),
        ("number", "number=", "System.Int32"),
        ("number", "number=2147483648", "System.Int32"),
        ("number", "number=-2147483649", "System.Int32"),
        ("number", f"number={'9' * 40}", "System.Int32"),
        ("number", "number=5.0", "System.Int32"),
        ("number", "number=--5", "System.Int32"),
        ("number", "number=%D9%A5", "System.Int32"),
        ("long", "long=9223372036854775808", "System.Int64"),
        ("ratio", "ratio=much", "System.Double"),
        ("yes", "yes=maybe", "System.Boolean"),
        ("yes", "yes=2", "System.Boolean"),
        ("when", "when=2021-02-30", "System.DateTime"),
        ("when", "when=yesterday", "System.DateTime"),
        ("kind", "kind=Nowhere", "SuperOffice.CRM.AddressType"),
    ],
    ids=[
        "a word for a number",
        "nothing for a number",
        "above int32",
        "below int32",
        "far above int32",
        "a fraction for a number",
        "two signs",
        "Arabic digits",
        "above int64",
        "a word for a double",
        "a word for a boolean",
        "a number for a boolean",
        "a day that does not exist",
        "a word for a date",
        "no member of the enum",
    ],
)
def test_an_unusable_query_argument_is_refused(router: Router, name: str, query: str, clr: str) -> None:
    """A text that does not fit the published type is refused in the framework's words."""
    with pytest.raises(InvalidArgument) as caught:
        arguments(router, asking(name), query)
    assert_refusal(caught.value, name, clr)


@pytest.mark.parametrize("name", ["number", "long", "ratio", "yes", "when", "kind"])
def test_a_missing_required_argument_is_refused(router: Router, name: str) -> None:
    """A required argument that cannot be null is refused like an unusable one."""
    with pytest.raises(InvalidArgument) as caught:
        arguments(router, asking(name, required=True), "other=1")
    assert f"'{name}'" in str(caught.value.detail)


@pytest.mark.parametrize("name", KINDS)
def test_a_missing_optional_argument_is_absent(router: Router, name: str) -> None:
    """What was not sent and is not required is not among the arguments."""
    assert arguments(router, asking(name), "") == {}


def test_an_operation_without_a_query_reads_none(catalogue: Catalogue, router: Router) -> None:
    """Where no query is published nothing is read of it."""
    operation = catalogue.operation("v1Archive_GetArchiveMetadata")
    assert not any(each.place is Place.QUERY for each in operation.parameters)
    assert router.query_reader(operation) is None


@given(st.sampled_from(sorted(KINDS)), st.text() | st.from_regex(r"[?&]?[a-z]{0,7}=[0-9a-f%+.:TZ-]{0,30}", fullmatch=True))
def test_any_query_is_read_or_refused(name: str, query: str) -> None:
    """Whatever the query says, it is read or refused as an invalid argument, nothing else."""
    for text in (query, f"{name}={query}"):
        with suppress(InvalidArgument):
            arguments(whole_router(), asking(name), text)


def whole_router() -> Router:
    """The router for property tests, made once."""
    if not ROUTERS:
        ROUTERS.append(Router(load_catalogue()))
    return ROUTERS[0]


ROUTERS: list[Router] = []


# --- the tenant in front


@pytest.mark.parametrize(
    ("path", "tenant", "rest"),
    [
        ("/Cust12345/api/v1/Contact", "Cust12345", "/api/v1/Contact"),
        ("/cust12345/API/V1/Contact", "cust12345", "/API/V1/Contact"),
        ("/api/v1/Contact", "", "/api/v1/Contact"),
        ("/API/v1/Contact", "", "/API/v1/Contact"),
        ("/Cust12345/api", "Cust12345", "/api"),
        ("/Cust12345/Api", "Cust12345", "/Api"),
        ("/api", "", "/api"),
        ("/", "", "/"),
        ("", "", ""),
        ("*", "", "*"),
        ("/Cust12345", "", "/Cust12345"),
        ("/api/v1/User/api/", "", "/api/v1/User/api/"),
        ("/Cust12345/API/v1/User/api/", "Cust12345", "/API/v1/User/api/"),
        ("/API/v1/User/api/", "", "/API/v1/User/api/"),
        ("/İ/API/v1/Contact", "İ", "/API/v1/Contact"),
    ],
    ids=[
        "a tenant",
        "a tenant in odd case",
        "no tenant",
        "no tenant in odd case",
        "the API's root of a tenant",
        "the API's root of a tenant in odd case",
        "the API's root",
        "the server's root",
        "nothing",
        "OPTIONS *",
        "a tenant without the API",
        "a user named api",
        "a user named api, of a tenant, in odd case",
        "a user named api, in odd case",
        "a letter that is longer in lower case",
    ],
)
def test_the_tenant_is_what_stands_before_api(path: str, tenant: str, rest: str) -> None:
    """The first segment `api`, in any letter case, ends the tenant's name."""
    assert split_tenant(path) == (tenant, rest)


@given(st.text() | st.from_regex(r"(/(api|API|Api|Cust[0-9]{0,3}|x)){0,4}/?", fullmatch=True))
def test_tenant_and_rest_make_up_the_path(path: str) -> None:
    """Splitting never fails and loses nothing of a path; a tenant is only found before /api."""
    path = f"/{path.removeprefix('/')}"
    tenant, rest = split_tenant(path)
    assert (f"/{tenant}{rest}" if tenant else rest) == path
    assert not tenant or rest.lower().startswith("/api")
    split_tenant(path[1:])


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Cust1", "Cust1"),
        ("cust12345", "Cust12345"),
        ("CUST0", "Cust0"),
        ("Cust", None),
        ("Cust1/", None),
        ("Kunde1", None),
        ("", None),
    ],
)
def test_the_name_of_a_tenant_is_cust_and_digits(name: str, canonical: str | None) -> None:
    """A tenant is known by `Cust` and digits in any letter case, and nothing else is a tenant's name."""
    assert canonical_tenant(name) == canonical


@given(st.text(max_size=8))
@example("Cu\u017ft1")  # the long s is an s in any letter case
@example("Cust\u0661")
def test_no_other_text_names_a_tenant(name: str) -> None:
    """Only ASCII letters and digits make a tenant's name: look-alikes of other scripts do not."""
    assert (canonical_tenant(name) is not None) == bool(re.fullmatch(r"[Cc][Uu][Ss][Tt][0-9]+", name))
