"""One address in two views: lines shaped by the country's layout, and `Street`/`Postal`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.desk import Desk, Shown, open_desk

NORWAY, UNITED_KINGDOM, UNITED_STATES, SPAIN, JAPAN = 578, 826, 840, 724, 392
PARTS = ["Address1", "Address2", "Address3", "City", "County", "State", "Zipcode"]

# Recorded layouts: name, label and length of each field, line by line.
LAYOUT_4 = [
    [("StreetAddress1", "SR_AL_STREET", 80)],
    [("StreetZipcode", "SR_AL_POSTCODECITY", 9), ("StreetCity", "", 30)],
    [("PostalAddress1", "SR_AL_POBOX", 80)],
    [("PostalZipcode", "SR_AL_POSTCODECITY", 9), ("PostalCity", "", 30)],
]
LAYOUT_3 = [
    [("PostalAddress1", "SR_AL_ADDRESS1", 80)],
    [("PostalAddress2", "SR_AL_ADDRESS2", 80)],
    [("PostalAddress3", "SR_AL_ADDRESS3", 80)],
    [("PostalCity", "SR_AL_CITY", 80)],
    [("PostalCounty", "SR_AL_COUNTYPCODE", 29), ("PostalZipcode", "", 12)],
]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
STRUCTURED = st.fixed_dictionaries(dict.fromkeys(PARTS, TEXT))
COUNTRIES = st.sampled_from([NORWAY, UNITED_KINGDOM, UNITED_STATES, SPAIN, JAPAN, 36, 124, 276, 752])


def fields(entity: Shown) -> dict[str, str]:
    """What the localised view shows: name → value."""
    return {field["Name"]: field["Value"] for line in entity["Address"]["LocalizedAddress"] for field in line}


def lines(**values: str) -> list[list[Shown]]:
    """A localised view as callers send it, one field to a line."""
    return [[{"Name": name, "Value": value}] for name, value in values.items()]


def parts(entity: Shown, view: str) -> dict[str, str]:
    """The seven parts of a structured view."""
    return {part: entity["Address"][view][part] for part in PARTS}


def some(**values: str) -> dict[str, str]:
    """A structured view with these parts, the others blank."""
    return dict.fromkeys(PARTS, "") | values


@pytest.fixture
def key(contacts: Desk) -> int:
    """A Norwegian contact with both addresses."""
    street = {"Address1": "B-gaten 45", "Zipcode": "0123", "City": "OSLO"}
    postal = {"Address1": "Boks 7", "Zipcode": "0124", "City": "OSLO"}
    identifier = contacts.create(Address={"Street": street, "Postal": postal})["ContactId"]
    assert isinstance(identifier, int)
    return identifier


# --- what is shown


@pytest.mark.parametrize(
    ("country", "layout"),
    [
        pytest.param(NORWAY, LAYOUT_4, id="Norway in layout 4"),
        pytest.param(UNITED_KINGDOM, LAYOUT_3, id="the United Kingdom in layout 3"),
    ],
)
def test_lines_are_as_recorded(contacts: Desk, country: int, layout: list[list[tuple[str, str, int]]]) -> None:
    """Names, labels and lengths of the fields of each line, empty at first."""
    localised = contacts.create(Country={"CountryId": country})["Address"]["LocalizedAddress"]
    assert [[(each["Name"], each["Label"], each["ValueLength"]) for each in line] for line in localised] == layout
    assert {each["Value"] for line in localised for each in line} == {""}


def test_a_new_address_is_empty(contacts: Desk) -> None:
    """A default contact has the lines of the default country, without a position on the globe."""
    address = contacts.default()["Address"]
    assert (address["Wgs84Latitude"], address["Wgs84Longitude"], address["Formatted"]) == (0, 0, "")
    assert [[field["Name"] for field in line] for line in address["LocalizedAddress"]] == [
        [name for name, _, _ in line] for line in LAYOUT_4
    ]
    for view in ("Street", "Postal"):
        assert {part: address[view][part] for part in PARTS} == dict.fromkeys(PARTS, "")
        assert address[view]["Formatted"] == ""


def test_members_are_in_published_order(contacts: Desk, key: int) -> None:
    """The address, its views and its fields are whole carriers."""
    address = contacts.read(key)["Address"]
    assert list(address) == [
        *(
            "Wgs84Latitude",
            "Wgs84Longitude",
            "LocalizedAddress",
            "Street",
            "Postal",
            "Formatted",
            "TableRight",
            "FieldProperties",
        ),
    ]
    assert list(address["Street"]) == ["AtypeIdx", *PARTS, "Formatted"]
    assert list(address["LocalizedAddress"][0][0]) == [
        *("Name", "Value", "Tooltip", "Label", "ValueLength", "AddressType", "TableRight", "FieldProperties"),
    ]
    assert (address["TableRight"], address["FieldProperties"]) == (None, {})


def test_fields_and_views_name_their_address_type(contacts: Desk, key: int) -> None:
    """Street and postal address of a contact, by the names of the enum."""
    address = contacts.read(key)["Address"]
    assert address["Street"]["AtypeIdx"] == "ContactStreetAddress"
    assert address["Postal"]["AtypeIdx"] == "ContactPostalAddress"
    for line in address["LocalizedAddress"]:
        for field in line:
            assert field["AddressType"] == (
                "ContactStreetAddress" if field["Name"].startswith("Street") else "ContactPostalAddress"
            )


# --- one view is enough


def test_the_structured_view_alone(contacts: Desk, key: int) -> None:
    """What is written in `Street` and `Postal` is shown in the lines."""
    assert fields(contacts.read(key)) == {
        "StreetAddress1": "B-gaten 45",
        "StreetZipcode": "0123",
        "StreetCity": "OSLO",
        "PostalAddress1": "Boks 7",
        "PostalZipcode": "0124",
        "PostalCity": "OSLO",
    }


def test_the_localised_view_alone(contacts: Desk) -> None:
    """What is written in the lines is shown in `Street` and `Postal`."""
    made = contacts.create(
        Address={"LocalizedAddress": lines(StreetAddress1="B-gaten 45", StreetCity="OSLO", PostalZipcode="0124")}
    )
    assert parts(made, "Street") == some(Address1="B-gaten 45", City="OSLO")
    assert parts(made, "Postal") == some(Zipcode="0124")
    assert fields(made)["StreetAddress1"] == "B-gaten 45"
    assert contacts.read(made["ContactId"]) == made


@pytest.mark.parametrize("other", ["echoed", "absent", "null"])
def test_changing_the_structured_view_of_a_stored_address(contacts: Desk, key: int, other: str) -> None:
    """Only one view needs changing: lines that are as they were read do not stand in the way."""
    address = contacts.read(key)["Address"]
    address["Street"]["Address1"] = "C-gaten 46"
    if other != "echoed":
        address["LocalizedAddress"] = None
    if other == "absent":
        del address["LocalizedAddress"]
    changed = contacts.change(key, Address=address)
    assert parts(changed, "Street") == some(Address1="C-gaten 46", Zipcode="0123", City="OSLO")
    assert fields(changed)["StreetAddress1"] == "C-gaten 46"


@pytest.mark.parametrize("other", ["echoed", "absent", "null"])
def test_changing_the_localised_view_of_a_stored_address(contacts: Desk, key: int, other: str) -> None:
    """Only one view needs changing: parts that are as they were read do not stand in the way."""
    address = contacts.read(key)["Address"]
    address["LocalizedAddress"][0][0]["Value"] = "C-gaten 46"
    for view in ("Street", "Postal") if other != "echoed" else ():
        address[view] = None
        if other == "absent":
            del address[view]
    changed = contacts.change(key, Address=address)
    assert parts(changed, "Street") == some(Address1="C-gaten 46", Zipcode="0123", City="OSLO")
    assert parts(changed, "Postal") == some(Address1="Boks 7", Zipcode="0124", City="OSLO")


def test_where_both_changed_the_localised_view_wins(contacts: Desk, key: int) -> None:
    """For each part that both views changed; a part that only one of them changed is taken from that one."""
    address = contacts.read(key)["Address"]
    address["LocalizedAddress"][0][0]["Value"] = "localised"
    address["Street"] |= {"Address1": "structured", "City": "BERGEN"}
    changed = contacts.change(key, Address=address)
    assert parts(changed, "Street") == some(Address1="localised", Zipcode="0123", City="BERGEN")


def test_where_both_are_new_the_localised_view_wins(contacts: Desk) -> None:
    """The same rule for a contact that had no address."""
    made = contacts.create(Address={"Street": {"Address1": "structured"}, "LocalizedAddress": lines(StreetAddress1="localised")})
    assert parts(made, "Street") == some(Address1="localised")


def test_a_blanked_line_is_a_change(contacts: Desk, key: int) -> None:
    """Emptying a line empties the part, though the other view still says what it was."""
    address = contacts.read(key)["Address"]
    address["LocalizedAddress"][0][0]["Value"] = ""
    assert parts(contacts.change(key, Address=address), "Street") == some(Zipcode="0123", City="OSLO")


def test_one_structured_address_leaves_the_other(contacts: Desk, key: int) -> None:
    """`Street` alone changes the street address, whole: parts that are not sent are blank."""
    changed = contacts.change(key, Address={"Street": {"City": "BERGEN"}})
    assert parts(changed, "Street") == some(City="BERGEN")
    assert parts(changed, "Postal") == some(Address1="Boks 7", Zipcode="0124", City="OSLO")


@pytest.mark.parametrize("sent", [{}, {"Address": None}], ids=["when it is absent", "when it is null"])
def test_an_address_that_is_not_sent_stays(contacts: Desk, key: int, sent: Shown) -> None:
    """A partial save does not move a company."""
    before = contacts.read(key)["Address"]
    assert contacts.replace(key, {"Name": "a"} | sent)["Address"] == before


def test_lines_nobody_knows_are_dropped(contacts: Desk, key: int) -> None:
    """Odd fields, blank lines and nulls in the localised view say nothing."""
    before = contacts.read(key)["Address"]
    odd: list[object] = [None, [], [None], [{"Name": "StreetColour", "Value": "red"}], [{"Name": None, "Value": "x"}], [{}]]
    assert contacts.change(key, Address={"LocalizedAddress": odd})["Address"] == before


def test_names_of_the_parts_may_be_camel_case(contacts: Desk) -> None:
    """The TypeScript client sends camel case all the way down."""
    made = contacts.create(
        address={"street": {"address1": "B-gaten 45"}, "localizedAddress": [[{"name": "StreetCity", "value": "OSLO"}]]}
    )
    assert parts(made, "Street") == some(Address1="B-gaten 45", City="OSLO")


def test_a_position_on_the_globe_is_kept(contacts: Desk) -> None:
    """Latitude and longitude come back as sent, whole numbers too."""
    address = contacts.create(Address={"Wgs84Latitude": 59.9139, "Wgs84Longitude": -10})["Address"]
    assert (address["Wgs84Latitude"], address["Wgs84Longitude"]) == (59.9139, -10.0)


# --- formatted


@pytest.mark.parametrize(
    ("country", "street", "postal", "formatted"),
    [
        pytest.param(
            NORWAY,
            {"Address1": "B-gaten 45"},
            {"Address1": "B-gaten 45", "Zipcode": "0123", "City": "OSLO"},
            "B-gaten 45\nB-gaten 45\n0123 OSLO\n",
            id="the recorded Norwegian address",
        ),
        pytest.param(
            UNITED_KINGDOM,
            {},
            {"Address1": "1 High Street", "City": "Milton Keynes", "County": "Buckinghamshire", "Zipcode": "MK16 9PY"},
            "1 High Street\nMilton Keynes\nBuckinghamshire MK16 9PY\n",
            id="the end of the recorded British address",
        ),
        pytest.param(NORWAY, {"City": "OSLO"}, {}, "OSLO\n", id="a blank field leaves no blank"),
        pytest.param(UNITED_KINGDOM, {"Address1": "not shown"}, {}, "", id="only what the layout shows"),
        pytest.param(NORWAY, {}, {}, "", id="nothing"),
    ],
)
def test_formatted_addresses_are_as_recorded(
    contacts: Desk, country: int, street: dict[str, str], postal: dict[str, str], formatted: str
) -> None:
    """Each line ended by a line feed, blank lines dropped, fields of a line joined by a blank."""
    made = contacts.create(Country={"CountryId": country}, Address={"Street": street, "Postal": postal})
    assert made["Address"]["Formatted"] == formatted


def test_a_sent_formatted_address_is_ignored(contacts: Desk, key: int) -> None:
    """It is the server's."""
    address = contacts.read(key)["Address"]
    assert contacts.change(key, Address=address | {"Formatted": "mine"})["Address"] == address


# --- countries


def test_changing_the_country_lays_the_address_anew(contacts: Desk, key: int) -> None:
    """The response has the new country's lines; what they show is what was stored."""
    moved = contacts.change(key, Country={"CountryId": UNITED_KINGDOM})
    assert [[field["Name"] for field in line] for line in moved["Address"]["LocalizedAddress"]] == [
        [name for name, _, _ in line] for line in LAYOUT_3
    ]
    assert (fields(moved)["PostalAddress1"], fields(moved)["PostalCity"], fields(moved)["PostalZipcode"]) == (
        "Boks 7",
        "OSLO",
        "0124",
    )
    assert contacts.read(key) == moved


def test_parts_the_new_country_does_not_show_are_kept(contacts: Desk, key: int) -> None:
    """They stay in the structured view, and in the lines once the company comes back."""
    before = contacts.read(key)["Address"]
    moved = contacts.change(key, Country={"CountryId": UNITED_KINGDOM})
    assert parts(moved, "Street") == some(Address1="B-gaten 45", Zipcode="0123", City="OSLO")
    back = contacts.change(key, Country={"CountryId": NORWAY})
    assert back["Address"] == before


def test_lines_of_the_old_country_may_be_sent_with_the_new_one(contacts: Desk, key: int) -> None:
    """A caller changes country and lines at once, in the layout it read."""
    address = contacts.read(key)["Address"]
    address["LocalizedAddress"][2][0]["Value"] = "Boks 8"
    moved = contacts.change(key, Country={"CountryId": UNITED_KINGDOM}, Address=address)
    assert fields(moved)["PostalAddress1"] == "Boks 8"


def test_without_a_country_there_still_is_an_address(contacts: Desk, key: int) -> None:
    """Clearing the country loses no part of the address."""
    cleared = contacts.change(key, Country={"CountryId": 0})
    assert cleared["Country"] is None
    assert parts(cleared, "Street") == some(Address1="B-gaten 45", Zipcode="0123", City="OSLO")
    assert cleared["Address"]["LocalizedAddress"]


# --- laws


@given(street=STRUCTURED, postal=STRUCTURED, later=STRUCTURED, country=COUNTRIES)
@settings(deadline=None, max_examples=60)
def test_what_is_written_in_the_structured_view_is_read_back(
    street: dict[str, str], postal: dict[str, str], later: dict[str, str], country: int
) -> None:
    """In any country, for a new contact and for one whose address was read, changed and saved whole."""
    desk = open_desk()
    made = desk.create(Country={"CountryId": country}, Address={"Street": street, "Postal": postal})
    assert parts(made, "Street") == street
    assert parts(made, "Postal") == postal
    read = desk.read(made["ContactId"])
    assert read == made
    read["Address"]["Postal"] |= later
    changed = desk.replace(made["ContactId"], read)
    assert parts(changed, "Street") == street
    assert parts(changed, "Postal") == later


@given(country=COUNTRIES, data=st.data())
@settings(deadline=None, max_examples=60)
def test_what_is_written_in_the_localised_view_is_read_back(country: int, data: st.DataObject) -> None:
    """In any country, any texts, whatever the other view says; and both views say the same."""
    desk = open_desk()
    made = desk.create(Country={"CountryId": country}, Address={"Street": {"City": "before"}, "Postal": {"City": "before"}})
    for line in made["Address"]["LocalizedAddress"]:
        for field in line:
            field["Value"] = data.draw(TEXT)
    wanted = fields(made)
    changed = desk.replace(made["ContactId"], made)
    assert fields(changed) == wanted
    for name, value in wanted.items():
        view = "Street" if name.startswith("Street") else "Postal"
        assert changed["Address"][view][name.removeprefix(view)] == value


@given(street=STRUCTURED, postal=STRUCTURED, first=COUNTRIES, second=COUNTRIES)
@settings(deadline=None, max_examples=30)
def test_saving_what_was_read_changes_no_address(street: dict[str, str], postal: dict[str, str], first: int, second: int) -> None:
    """A whole entity sent back leaves its address, even on the way to another country and back."""
    desk = open_desk()
    made = desk.create(Country={"CountryId": first}, Address={"Street": street, "Postal": postal})
    assert desk.replace(made["ContactId"], made) == made
    moved = desk.change(made["ContactId"], Country={"CountryId": second})
    assert (parts(moved, "Street"), parts(moved, "Postal")) == (street, postal)
    assert desk.change(made["ContactId"], Country={"CountryId": first}) == made


# --- persons


def test_fields_of_a_private_address_carry_no_prefix(persons: Desk) -> None:
    """A person has one address; its British lines are those of a company without the prefix."""
    made = persons.create(Lastname="Fishmann", Country={"CountryId": UNITED_KINGDOM})
    localised = made["Address"]["LocalizedAddress"]
    assert [[(each["Name"], each["Label"]) for each in line] for line in localised] == [
        [(name.removeprefix("Postal"), label) for name, label, _ in line] for line in LAYOUT_3
    ]
    assert {each["AddressType"] for line in localised for each in line} == {"PersonPrivateAddress"}


def test_both_views_of_a_private_address_say_the_same(persons: Desk) -> None:
    """Written in the lines, read in the structured view, and the other way round."""
    british = {"CountryId": UNITED_KINGDOM}
    made = persons.create(Lastname="Fishmann", Country=british, Address={"LocalizedAddress": lines(Address1="1 High Street")})
    assert made["Address"]["Street"]["Address1"] == "1 High Street"
    made = persons.create(Lastname="Fishmann", Country=british, Address={"Street": {"City": "Milton Keynes"}})
    assert fields(made)["City"] == "Milton Keynes"
    assert made["Address"]["Formatted"] == "Milton Keynes\n"
    assert made["Address"]["Street"]["AtypeIdx"] == "PersonPrivateAddress"


@pytest.mark.parametrize("country", [NORWAY, UNITED_KINGDOM, UNITED_STATES, SPAIN, JAPAN, 752])
def test_a_private_address_has_each_field_once(persons: Desk, country: int) -> None:
    """A person has one street address, whatever the country: no field stands twice in its lines, nor in what is formatted."""
    made = persons.create(Lastname="Fishmann", Country={"CountryId": country}, Address={"Street": {"Address1": "B-gaten 45"}})
    names = [field["Name"] for line in made["Address"]["LocalizedAddress"] for field in line]
    assert names.count("Address1") == 1
    assert len(names) == len(set(names))
    assert made["Address"]["Formatted"] == "B-gaten 45\n"


def test_the_address_of_an_empty_person_has_no_type_yet(persons: Desk) -> None:
    """Recorded: `Unknown` inside an empty new person."""
    assert persons.default()["Address"]["Street"]["AtypeIdx"] == "Unknown"
