"""The lists of a tenant: rows by id as references show them, ids by name."""

from __future__ import annotations

import pytest

from mockserver.calls import Constant, plain
from mockserver.records.lists import Lists

from .desk import Shown, tenants_for

RIGHTS: Shown = {"TableRight": None, "FieldProperties": {}}

# Rows of a real server (default contact, newer recordings).
NORWAY = {
    "CountryId": 578,
    "Name": "Norway",
    "CurrencyId": 76,
    "EnglishName": "Norway",
    "TwoLetterISOCountry": "NO",
    "ThreeLetterISOCountry": "NOR",
    "ImageDescription": None,
    "OrgNrText": "VAT No.:",
    "InterAreaPrefix": "",
    "DialInPrefix": "47",
    "ZipPrefix": "N",
    "DomainName": "NO",
    "AddressLayoutId": 4,
    "DomesticAddressLayoutId": 4,
    "ForeignAddressLayoutId": 4,
    "Rank": 158,
    "Tooltip": "Norway",
    "Deleted": False,
}
UNITED_KINGDOM = {
    "CountryId": 826,
    "CurrencyId": 36,
    "Rank": 67,
    "Tooltip": "United Kingdom; Great Britain",
    "DialInPrefix": "44",
    "InterAreaPrefix": "0",
    "ZipPrefix": "GB",
    "AddressLayoutId": 3,
}
ADM0 = {
    "AssociateId": 11,
    "Name": "ADM0",
    "PersonId": 147,
    "Rank": 0,
    "Tooltip": "",
    "Type": "InternalAssociate",
    "GroupIdx": 1,
    "FullName": "Adm0",
    "FormalName": "Adm0",
    "Deleted": False,
    "EjUserId": 3,
    "UserName": None,
}


@pytest.fixture(scope="module")
def lists() -> Lists:
    """The stock lists."""
    return tenants_for().lists


def row(lists: Lists, name: str, key: int) -> Shown:
    """A shown row as a plain dictionary."""
    value = plain(lists.shown[name][key])
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("name", "key", "recorded"),
    [
        pytest.param("country", 578, NORWAY, id="Norway as the default contact showed it"),
        pytest.param("country", 826, UNITED_KINGDOM, id="the United Kingdom as far as it was recorded"),
        pytest.param("associate", 11, ADM0, id="the associate who recorded the default contact"),
        pytest.param("business", 7, {"Id": 7, "Value": "Hotell/Restaurant"}, id="the default business"),
        pytest.param("category", 3, {"Id": 3, "Value": "Leverandør"}, id="the default category"),
        pytest.param("ticketpriority", 2, {"Id": 2, "Value": "Medium"}, id="a ticket priority"),
        pytest.param("perspos", 2, {"Id": 2, "Value": "Toppledelse"}, id="a position"),
    ],
)
def test_rows_are_shown_as_recorded(lists: Lists, name: str, key: int, recorded: Shown) -> None:
    """A reference to a stock row shows what a real server showed, with empty rights as on every nested list carrier."""
    shown = row(lists, name, key)
    assert {member: shown[member] for member in recorded} == recorded
    assert {member: shown[member] for member in RIGHTS} == RIGHTS


def test_a_shown_row_has_the_members_of_its_carrier_in_order(lists: Lists) -> None:
    """A country is written whole, in published order, its rights last."""
    assert list(row(lists, "country", 578)) == [*NORWAY, "TableRight", "FieldProperties"]


@pytest.mark.parametrize(
    ("carrier", "name"),
    [
        ("Associate", "associate"),
        ("Business", "business"),
        ("Category", "category"),
        ("Country", "country"),
        ("Position", "perspos"),
        ("TicketPriority", "ticketpriority"),
        ("CustomerLanguage", "customerlanguage"),
    ],
)
def test_the_list_of_a_carrier_is_found(lists: Lists, carrier: str, name: str) -> None:
    """Each carrier that refers to a list row names its list."""
    assert lists.for_carrier(carrier) == name
    assert lists.stock(name).carrier == carrier


@pytest.mark.parametrize("carrier", ["Address", "Person", "EntityElement", "NoSuchCarrier"])
def test_carriers_without_a_list_have_none(lists: Lists, carrier: str) -> None:
    """What is no list row is not taken for one."""
    assert lists.for_carrier(carrier) is None


@pytest.mark.parametrize(
    ("name", "title", "key"),
    [
        pytest.param("business", "Bank/Finance", 2, id="the name as it stands"),
        pytest.param("business", "bank/FINANCE", 2, id="the name in other letter case"),
        pytest.param("country", "United Kingdom", 826, id="a country"),
        pytest.param("associate", "bb", 3, id="a login in lower case"),
        pytest.param("category", "LEVERANDØR", 3, id="letters beyond ASCII in other case"),
        pytest.param("business", "Bank", None, id="only the beginning of a name"),
        pytest.param("business", "", None, id="no name"),
        pytest.param("business", "2", None, id="an id is no name"),
    ],
)
def test_ids_are_found_by_name(lists: Lists, name: str, title: str, key: int | None) -> None:
    """A row is found by its whole name in any letter case, and by nothing else."""
    assert lists.id_of(name, title) == key


def test_each_row_is_found_by_its_own_name(lists: Lists) -> None:
    """Looking up the name of a country gives that country, for all of them."""
    stock = lists.stock("country")
    assert {key: lists.id_of("country", str(each["Name"])) for key, each in stock.rows.items()} == {
        key: key for key in stock.rows
    }


def test_an_unknown_list_is_an_error(lists: Lists) -> None:
    """A misspelt list is found at once, whatever it is asked for."""
    with pytest.raises(KeyError):
        lists.stock("nolist")
    with pytest.raises(KeyError):
        lists.id_of("nolist", "Norway")
    with pytest.raises(KeyError):
        lists.shown["nolist"]


def test_shown_rows_are_the_same_constants_each_time(lists: Lists) -> None:
    """A row is made once, so that a codec's encoding of it is kept."""
    first, again = lists.shown["country"][578], lists.shown["country"][578]
    assert isinstance(first, Constant)
    assert first is again


def test_lists_keep_the_order_in_which_a_server_lists_them(lists: Lists) -> None:
    """Company interests are listed by name: 2, 1, 3."""
    assert list(lists.stock("contint").rows) == [2, 1, 3]
    assert list(lists.shown["contint"]) == [2, 1, 3]
