"""Tests of dates in a caller's zone: out, in, and what no zone moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.calls import Constant, Value, plain
from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import EMPTY_DATE, date_time
from mockserver.errors import CatalogueError
from mockserver.wire.timezones import Table, Zone, Zones

PERSON = Type(Kind.CARRIER, "PersonEntity")
APPOINTMENT = Type(Kind.CARRIER, "AppointmentEntity")
DATE = Type(Kind.DATE_TIME)
ZONES = Zones(load_catalogue())


@pytest.fixture
def zones(catalogue: Catalogue) -> Zones:
    """Zones that nobody has used yet."""
    return Zones(catalogue)


def zone(header: str) -> Zone:
    """The zone of a header that names one."""
    found = ZONES.parse(header)
    assert found is not None, header
    return found


# --- the header


@pytest.mark.parametrize(
    ("header", "name", "place", "offset"),
    [
        ("NO", "NO", "Europe/Oslo", False),
        ("261", "NO", "Europe/Oslo", False),
        ("no", "NO", "Europe/Oslo", False),
        (" NO ", "NO", "Europe/Oslo", False),
        ("NO, includeTZOffset", "NO", "Europe/Oslo", True),
        ("NO,includeTZOffset", "NO", "Europe/Oslo", True),
        ("includetzoffset,no", "NO", "Europe/Oslo", True),
        ("utc,includeTZOffset", "UTC", "UTC", True),
        ("1", "UTC", "UTC", False),
        ("includeTZOffset", "UTC", "UTC", True),
        ("US-NY", "US-NY", "America/New_York", False),
        ("460", "US-NY", "America/New_York", False),
        ("DK", "DK", "Europe/Copenhagen", False),
        ("140", "DK", "Europe/Copenhagen", False),
        ("156", "FR", "Europe/Paris", False),
        ("425", "US-CA", "America/Los_Angeles", False),
        ("433", "US-HI", "Pacific/Honolulu", False),
        ("36", "AU-ACT", "Australia/Canberra", False),
        ("50", "BD", "Asia/Dhaka", False),
        ("114", "CA-QC", "America/Toronto", False),
        ("45", "AU-WA", "Australia/Perth", False),
        ("SE", "SE", "Europe/Stockholm", False),
        ("Mars,NO", "NO", "Europe/Oslo", False),
    ],
)
def test_a_zone_is_named_by_code_or_number(header: str, name: str, place: str, offset: bool) -> None:  # noqa: FBT001
    """Codes and numbers of the vendor's pages, in any letter case, with or without the wish for offsets (protocol 6.2)."""
    assert ZONES.parse(header) == Zone(name, ZoneInfo(place), offset)


@pytest.mark.parametrize(
    "header", [None, "", " ", ",", ",,", "Mars", "9999", "-1", "Mars, includeTZOffset", "NO includeTZOffset"]
)
def test_a_header_without_a_known_zone_is_ignored(header: str | None) -> None:
    """Nothing is moved for a caller whose zone nobody knows."""
    assert ZONES.parse(header) is None


def test_the_offset_alone_means_the_base_zone(catalogue: Catalogue) -> None:
    """`includeTZOffset` by itself tags the dates of the tenant's own zone, which was Norway when recorded (contact-domain 6)."""
    assert Zones(catalogue, base="NO").parse("includeTZOffset") == Zone("NO", ZoneInfo("Europe/Oslo"), offset=True)


@given(st.text())
def test_no_header_is_an_error(header: str) -> None:
    """Any text names a zone or none."""
    found = ZONES.parse(header)
    assert found is None or isinstance(found, Zone)


@pytest.mark.parametrize("header", ["N" * 10_000, "," * 10_000, "NO\x00", "\r\n\t", "\ud800", "٢٦١"])
def test_bad_headers_are_ignored(header: str) -> None:
    """Long headers, control characters and digits of other scripts name no zone."""
    assert ZONES.parse(header) is None


# --- out


def test_the_recorded_person_in_utc_with_offsets(zones: Zones) -> None:
    """What one server sent under `UTC,includeTZOffset` (client fixture Person210-utctz), from its moments in UTC."""
    stored = {
        "PersonId": 210,
        "UpdatedDate": "2019-12-19T10:55:14",
        "CreatedDate": "2019-12-19T09:44:12",
        "BirthDate": "1999-05-13T00:00:00",
        "DbiLastModified": EMPTY_DATE,
    }
    assert zones.out(stored, PERSON, zone("UTC,includeTZOffset")) == {
        "PersonId": 210,
        "UpdatedDate": "2019-12-19T10:55:14Z",
        "CreatedDate": "2019-12-19T09:44:12Z",
        "BirthDate": "1999-05-13T00:00:00Z",
        "DbiLastModified": "0001-01-01T00:00:00Z",
    }


def test_the_recorded_person_in_norway_with_offsets(zones: Zones) -> None:
    """What the same server sent under `NO,includeTZOffset` (client fixture Person210-notz)."""
    stored = {
        "UpdatedDate": "2019-12-19T10:55:14",
        "CreatedDate": "2019-12-19T09:44:12",
        "BirthDate": "1999-05-13T00:00:00",
        "Interests": [{"Id": 2, "LastChanged": EMPTY_DATE, "ChildItems": []}],
        "DbiLastModified": EMPTY_DATE,
        "Consents": [{"Registered": "2019-12-19T10:44:12", "Updated": EMPTY_DATE}],
    }
    assert zones.out(stored, PERSON, zone("NO,includeTZOffset")) == {
        "UpdatedDate": "2019-12-19T10:55:14Z",
        "CreatedDate": "2019-12-19T09:44:12Z",
        "BirthDate": "1999-05-13T00:00:00Z",
        "Interests": [{"Id": 2, "LastChanged": "0001-01-01T01:00:00+01:00", "ChildItems": []}],
        "DbiLastModified": "0001-01-01T01:00:00+01:00",
        "Consents": [{"Registered": "2019-12-19T10:44:12+01:00", "Updated": "0001-01-01T00:00:00Z"}],
    }


APPOINTMENT_IN_UTC: dict[str, Value] = {
    "CreatedDate": "2002-08-07T12:52:00",
    "StartDate": "2002-03-31T16:00:00",
    "EndDate": "2002-03-31T17:00:00",
    "Project": {"Updated": "2003-02-10T10:00:59", "PublishTo": EMPTY_DATE},
    "UpdatedDate": EMPTY_DATE,
    "Recurrence": {
        "StartDate": "2002-03-31T00:00:00",
        "EndDate": "2003-03-31T00:00:00",
        "Dates": [{"Date": "2002-03-31T00:00:00"}],
    },
    "PublishFrom": EMPTY_DATE,
    "PublishTo": "9999-12-31T23:59:59",
}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "UTC,includeTZOffset",
            {
                "CreatedDate": "2002-08-07T12:52:00Z",
                "StartDate": "2002-03-31T16:00:00Z",
                "EndDate": "2002-03-31T17:00:00Z",
                "Project": {"Updated": "2003-02-10T10:00:59Z", "PublishTo": "0001-01-01T00:00:00Z"},
                "UpdatedDate": "0001-01-01T00:00:00Z",
                "Recurrence": {
                    "StartDate": "2002-03-31T00:00:00Z",
                    "EndDate": "2003-03-31T00:00:00Z",
                    "Dates": [{"Date": "2002-03-31T00:00:00Z"}],
                },
                "PublishFrom": "0001-01-01T00:00:00Z",
                "PublishTo": "9999-12-31T23:59:59Z",
            },
        ),
        (
            "NO,includeTZOffset",
            {
                "CreatedDate": "2002-08-07T12:52:00Z",
                "StartDate": "2002-03-31T18:00:00+02:00",
                "EndDate": "2002-03-31T19:00:00+02:00",
                "Project": {"Updated": "2003-02-10T10:00:59Z", "PublishTo": "0001-01-01T01:00:00+01:00"},
                "UpdatedDate": "0001-01-01T00:00:00Z",
                "Recurrence": {
                    "StartDate": "2002-03-31T00:00:00+01:00",
                    "EndDate": "2003-03-31T00:00:00+02:00",
                    "Dates": [{"Date": "2002-03-31T00:00:00+01:00"}],
                },
                "PublishFrom": "0001-01-01T01:00:00+01:00",
                "PublishTo": "9999-12-31T23:59:59+01:00",
            },
        ),
        (
            "NO",
            APPOINTMENT_IN_UTC | {"StartDate": "2002-03-31T18:00:00", "EndDate": "2002-03-31T19:00:00"},
        ),
        ("UTC", APPOINTMENT_IN_UTC),
    ],
    ids=["UTC with offsets", "Norway with offsets", "Norway", "UTC"],
)
def test_the_recorded_appointment(zones: Zones, header: str, expected: dict[str, Value]) -> None:
    """What one server sent under several headers (client fixtures Appointment63-utctz, -notz), from its moments in UTC."""
    assert zones.out(APPOINTMENT_IN_UTC, APPOINTMENT, zone(header)) == expected


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("US-NY", "2018-12-24T07:34:45"),
        ("US-NY, includeTZOffset", "2018-12-24T07:34:45-05:00"),
        ("NO", "2018-12-24T13:34:45"),
        ("BD,includeTZOffset", "2018-12-24T18:34:45+06:00"),
        ("AU-ACT,includeTZOffset", "2018-12-24T23:34:45+11:00"),
        ("CA-QC,includeTZOffset", "2018-12-24T07:34:45-05:00"),
        ("US-HI,includeTZOffset", "2018-12-24T02:34:45-10:00"),
        ("37,includeTZOffset", "2018-12-24T23:04:45+10:30"),
    ],
)
def test_a_moment_by_the_clocks_of_a_zone(header: str, shown: str) -> None:
    """The vendor's example, 12:34:45 UTC on Christmas Eve, by the offsets of the vendor's table (page SOTimezone)."""
    assert ZONES.out("2018-12-24T12:34:45", DATE, zone(header)) == shown


@pytest.mark.parametrize("value", ["2021-02-30T00:00:00", "", "tomorrow", None, 5, "2021-02-03T00:00:00Z"])
def test_what_is_no_bare_date_stays(value: Value) -> None:
    """A member that is null, no date, or has its offset already, is left as it is."""
    assert ZONES.out(value, DATE, zone("NO,includeTZOffset")) == value


@pytest.mark.parametrize("header", ["US-NY,includeTZOffset", "NO,includeTZOffset", "AU-ACT,includeTZOffset", "UTC"])
@pytest.mark.parametrize("stored", ["0001-01-03T00:00:00", "9999-12-31T23:00:00", "9999-12-31T23:59:59", EMPTY_DATE])
def test_the_ends_of_the_calendar_are_no_error(header: str, stored: str) -> None:
    """Dates near the first and the last day there is are shown in every zone and can be read again."""
    shown = ZONES.out(stored, DATE, zone(header))
    assert isinstance(shown, str)
    assert datetime.fromisoformat(shown).year == int(stored[:4])


def test_values_are_copied_and_not_changed(zones: Zones) -> None:
    """The value that was given stays as it was."""
    stored: dict[str, Value] = {"StartDate": "2002-03-31T16:00:00", "Recurrence": {"Dates": [{"Date": EMPTY_DATE}]}}
    zones.out(stored, APPOINTMENT, zone("NO,includeTZOffset"))
    assert stored == {"StartDate": "2002-03-31T16:00:00", "Recurrence": {"Dates": [{"Date": EMPTY_DATE}]}}


def test_a_constant_is_moved_once_per_zone(zones: Zones) -> None:
    """A constant with dates becomes one other constant per zone, one without dates stays itself, so encodings last."""
    items = Constant([{"Id": 1, "LastChanged": EMPTY_DATE}])
    value = {"Interests": items, "Emails": Constant([])}
    first = zones.out(value, PERSON, zone("NO,includeTZOffset"))
    again = zones.out(value, PERSON, zone("NO,includeTZOffset"))
    utc = zones.out(value, PERSON, zone("UTC,includeTZOffset"))
    assert isinstance(first, dict)
    assert isinstance(again, dict)
    assert isinstance(first["Interests"], Constant)
    assert first["Interests"] is again["Interests"]
    assert first["Emails"] is value["Emails"]
    assert plain(first["Interests"]) == [{"Id": 1, "LastChanged": "0001-01-01T01:00:00+01:00"}]
    assert plain(utc) == {"Interests": [{"Id": 1, "LastChanged": "0001-01-01T00:00:00Z"}], "Emails": []}
    assert plain(items) == [{"Id": 1, "LastChanged": EMPTY_DATE}]


def test_moved_constants_do_not_pile_up(zones: Zones) -> None:
    """However many constants are shown, only so many are kept."""
    for number in range(5000):
        zones.out({"Interests": Constant([{"Id": number, "LastChanged": EMPTY_DATE}])}, PERSON, zone("NO,includeTZOffset"))
    assert len(zones._renderings._kept) <= 4000


@pytest.mark.parametrize(
    "kind", [Type(Kind.ANY), Type(Kind.STRING), Type(Kind.CARRIER, "EntityElement"), Type(Kind.ARRAY, item=Type(Kind.STRING))]
)
def test_types_without_dates_are_not_walked(kind: Type) -> None:
    """A value whose type cannot hold a date is handed back itself."""
    value = {"StartDate": "2002-03-31T16:00:00"}
    assert ZONES.out(value, kind, zone("NO")) is value
    assert ZONES.into(value, kind, zone("NO")) is value


def test_arrays_and_maps_of_carriers_are_walked() -> None:
    """Dates are found in arrays and maps of carriers."""
    row, moved = {"StartDate": "2002-03-31T16:00:00"}, {"StartDate": "2002-03-31T18:00:00"}
    assert ZONES.out([row], Type(Kind.ARRAY, item=APPOINTMENT), zone("NO")) == [moved]
    assert ZONES.out({"a": row}, Type(Kind.MAP, item=APPOINTMENT), zone("NO")) == {"a": moved}


# --- in


@pytest.mark.parametrize(
    ("header", "sent", "meant"),
    [
        ("US-NY", "2018-12-24T12:34:45", "2018-12-24T17:34:45Z"),
        ("NO", "2018-12-24T12:34:45", "2018-12-24T11:34:45Z"),
        ("NO", "2018-07-01T12:00:00", "2018-07-01T10:00:00Z"),
        ("NO", "2018-12-24", "2018-12-23T23:00:00Z"),
        ("UTC", "2018-12-24T12:34:45", "2018-12-24T12:34:45Z"),
        ("US-NY", "2018-12-24T12:34:45Z", "2018-12-24T12:34:45Z"),
        ("US-NY", "2018-12-24T07:34:45-0500", "2018-12-24T07:34:45-0500"),
        ("US-NY", "0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ("US-NY", "0000-12-31T23:17:00", "0000-12-31T23:17:00"),
        ("US-NY", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z"),
        ("NO", "9999-12-31T23:59:59+01:00", "9999-12-31T23:59:59Z"),
        ("US-NY", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z"),
        ("US-NY", "2021-02-30T00:00:00", "2021-02-30T00:00:00"),
        ("US-NY", "2021-02-03T00:00:00+99:00", "2021-02-03T00:00:00+99:00"),
        ("US-NY", "", ""),
    ],
)
def test_dates_without_an_offset_are_the_zones(header: str, sent: str, meant: str) -> None:
    """Only a date that says no offset is taken to be in the caller's zone (page SOTimezone); what is no date stays."""
    assert ZONES.into(sent, DATE, zone(header)) == meant


@pytest.mark.parametrize("sent", [None, 5, 1.5, True, [], {}, "x" * 10_000])
def test_what_is_no_text_is_left_to_others(sent: Value) -> None:
    """Values are loose still: anything may stand where a date should."""
    assert ZONES.into(sent, DATE, zone("NO")) is sent


@pytest.mark.parametrize("sent", [None, 5, "text", [1], [None], {"": None}, [[{"startDate": 1}]]])
def test_loose_values_of_a_wrong_shape_are_left_to_others(sent: Value) -> None:
    """A body that is no object passes through."""
    assert ZONES.into(sent, APPOINTMENT, zone("NO")) == sent


@pytest.mark.parametrize(
    ("path", "sent", "meant"),
    [
        ("/DbiLastModified", "2019-07-01T14:00:00", "2019-07-01T12:00:00Z"),
        ("dbilastsyncronized", "2019-07-01T14:00:00", "2019-07-01T12:00:00Z"),
        ("/BirthDate", "1999-05-13T00:00:00", "1999-05-13T00:00:00Z"),
        ("/UpdatedDate", "2019-07-01T14:00:00", "2019-07-01T14:00:00Z"),
        ("/Consents/0/Registered", "2019-07-01T14:00:00", "2019-07-01T14:00:00Z"),
        ("/Consents/0/updated", "2019-07-01T14:00:00+02:00", "2019-07-01T14:00:00+02:00"),
        ("/UserInfo/LastLogin", "2019-07-01T14:00:00", "2019-07-01T14:00:00"),
        ("/Firstname", "2019-07-01T14:00:00", "2019-07-01T14:00:00"),
        ("/Firstname/0", "2019-07-01T14:00:00", "2019-07-01T14:00:00"),
        ("/Nowhere", "2019-07-01T14:00:00", "2019-07-01T14:00:00"),
        ("", "2019-07-01T14:00:00", "2019-07-01T14:00:00"),
    ],
)
def test_the_values_of_a_json_patch_are_read_in_the_zone(path: str, sent: str, meant: str) -> None:
    """A date in an operation means what the same date means in a whole body: it goes by the member its path leads to."""
    for op, names in (("replace", ("op", "path", "value")), ("test", ("Op", "PATH", "Value"))):
        operation = dict(zip(names, (op, path, sent), strict=True))
        assert ZONES.into([operation], PERSON, zone("NO")) == [{**operation, names[2]: meant}]


def test_carriers_in_a_json_patch_are_read_in_the_zone() -> None:
    """The dates inside an added element are read, too."""
    sent = [{"op": "add", "path": "/Participants/-", "value": {"personId": 5}}, {"op": "add", "path": "/", "value": {}}]
    assert ZONES.into(sent, APPOINTMENT, zone("NO")) == sent
    recurrence = {"op": "replace", "path": "/Recurrence/Dates/-", "value": {"date": "2019-07-01T00:00:00"}}
    assert ZONES.into([recurrence], APPOINTMENT, zone("NO")) == [{**recurrence, "value": {"date": "2019-07-01T00:00:00Z"}}]
    whole = {"op": "replace", "path": "Project", "value": {"publishTo": "2019-07-01T14:00:00"}}
    assert ZONES.into([whole], APPOINTMENT, zone("NO")) == [{**whole, "value": {"publishTo": "2019-07-01T12:00:00Z"}}]


@pytest.mark.parametrize(
    "operation",
    [None, "text", {}, {"op": "remove", "path": "/BirthDate"}, {"value": "2019-07-01"}, {"path": 7, "value": "2019-07-01"}],
)
def test_what_is_no_operation_is_left_to_others(operation: Value) -> None:
    """Operations that make no sense are for the patch to refuse."""
    assert ZONES.into([operation], PERSON, zone("NO")) == [operation]


def test_members_are_found_in_any_letter_case() -> None:
    """Clients send camel case; unknown members and the members that no zone moves keep their times (protocol 1.3)."""
    sent = {
        "startDate": "2002-03-31T18:00:00",
        "ENDDATE": "2002-03-31T19:00:00",
        "recurrence": {"dates": [{"date": "2002-03-31T00:00:00"}]},
        "unknown": "2002-03-31T18:00:00",
        "createdDate": "2002-08-07T12:52:00",
    }
    assert ZONES.into(sent, APPOINTMENT, zone("NO")) == {
        "startDate": "2002-03-31T16:00:00Z",
        "ENDDATE": "2002-03-31T17:00:00Z",
        "recurrence": {"dates": [{"date": "2002-03-31T00:00:00Z"}]},
        "unknown": "2002-03-31T18:00:00",
        "createdDate": "2002-08-07T12:52:00Z",
    }
    assert sent["startDate"] == "2002-03-31T18:00:00"


@pytest.mark.parametrize(
    "sent", ["2002-03-31T00:00:00", "2002-03-31T00:00:00+01:00", "2002-03-30T23:00:00Z", "2002-03-30T23:00:00.000Z"]
)
def test_a_date_that_went_out_unmoved_comes_back_unmoved(sent: str) -> None:
    """The day of a recurrence means the same day however a client sends it back."""
    into = ZONES.into({"StartDate": sent}, Type(Kind.CARRIER, "RecurrenceInfo"), zone("NO,includeTZOffset"))
    assert into == {"StartDate": "2002-03-31T00:00:00Z"}


@pytest.mark.parametrize("sent", ["1999-05-13T00:00:00", "1999-05-13T00:00:00Z", "1999-05-13T00:00:00.000Z"])
def test_birth_dates_are_never_moved(sent: str) -> None:
    """A birth date is the same day in every zone (person-domain)."""
    into = ZONES.into({"birthDate": sent}, PERSON, zone("US-HI"))
    assert isinstance(into, dict)
    assert date_time(into["birthDate"]) == "1999-05-13T00:00:00"


def test_a_body_nested_without_end_is_left_to_others() -> None:
    """Nesting deeper than Python follows is no error here; what makes the body fit refuses it."""
    deep: Value = {"LastChanged": "2002-03-31T18:00:00"}
    for _ in range(5000):
        deep = {"ChildItems": [deep]}
    assert ZONES.into(deep, Type(Kind.CARRIER, "SelectableMDOListItem"), zone("NO")) is deep


# --- days when the clocks change


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2021-03-28T01:59:59", "2021-03-28T00:59:59Z"),
        ("2021-03-28T02:30:00", "2021-03-28T01:30:00Z"),
        ("2021-03-28T03:00:00", "2021-03-28T01:00:00Z"),
        ("2021-10-31T01:59:59", "2021-10-30T23:59:59Z"),
        ("2021-10-31T02:30:00", "2021-10-31T01:30:00Z"),
        ("2021-10-31T03:00:00", "2021-10-31T02:00:00Z"),
    ],
    ids=["before the jump", "jumped over", "after the jump", "before it is twice", "twice", "after it was twice"],
)
def test_times_that_do_not_exist_or_exist_twice_are_read(sent: str, meant: str) -> None:
    """In Norway's missing and doubled hours of 2021 the standard time counts, as .NET takes doubled hours."""
    assert ZONES.into(sent, DATE, zone("NO")) == meant


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("2021-10-31T00:30:00", "2021-10-31T02:30:00+02:00"), ("2021-10-31T01:30:00", "2021-10-31T02:30:00+01:00")],
)
def test_the_doubled_hour_is_told_apart_by_its_offset(stored: str, shown: str) -> None:
    """Both moments of a doubled hour are shown with the offset of their own."""
    assert ZONES.out(stored, DATE, zone("NO,includeTZOffset")) == shown


NAMES = sorted(ZONES.table.zones)
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001


@given(MOMENTS, st.sampled_from(NAMES))
def test_a_date_that_comes_back_with_its_offset_is_the_same_moment(moment: datetime, name: str) -> None:
    """Out to any zone with the offset and back in is the same instant, always."""
    stored = moment.isoformat()
    asked = zone(f"{name},includeTZOffset")
    assert date_time(ZONES.into(ZONES.out(stored, DATE, asked), DATE, asked)) == stored


@given(MOMENTS, st.sampled_from(NAMES))
def test_a_date_that_comes_back_without_an_offset_is_the_same_moment(moment: datetime, name: str) -> None:
    """Out to any zone and back in is the same instant, outside the hour that the clocks show twice."""
    asked = zone(name)
    there = moment.replace(tzinfo=UTC).astimezone(asked.zone)
    assume(there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset())
    assert date_time(ZONES.into(ZONES.out(moment.isoformat(), DATE, asked), DATE, asked)) == moment.isoformat()


@given(st.datetimes().map(lambda moment: moment.replace(microsecond=0)), st.sampled_from(NAMES))
def test_every_date_is_shown_and_read_in_every_zone(moment: datetime, name: str) -> None:
    """No date of the calendar raises anywhere, and none moves by more than a day."""
    asked = zone(f"{name},includeTZOffset")
    shown = ZONES.out(moment.isoformat(), DATE, asked)
    assert isinstance(shown, str)
    assert abs(datetime.fromisoformat(shown).replace(tzinfo=None) - moment) < timedelta(days=1)
    assert isinstance(ZONES.into(moment.isoformat(), DATE, asked), str)


@given(st.text(), st.sampled_from(NAMES))
def test_any_text_in_place_of_a_date_is_no_error(text: str, name: str) -> None:
    """What is no date passes through, both ways."""
    assert isinstance(ZONES.out(text, DATE, zone(name)), str)
    assert isinstance(ZONES.into(text, DATE, zone(name)), str)


# --- the data file


def test_every_zone_of_the_table_can_be_asked_for() -> None:
    """Each code and number has its zone in the tz data base."""
    for name in NAMES:
        assert ZONES.parse(name)


def test_every_member_of_the_table_is_published(catalogue: Catalogue) -> None:
    """Each exception names a date that some carrier has."""
    dates = {
        (carrier, field.name)
        for carrier in catalogue.carrier_names
        for field in catalogue.carrier(carrier).fields
        if field.type.kind is Kind.DATE_TIME
    }
    for carrier, member in ZONES.table._treated:
        assert (carrier, member) in dates or (not carrier and member in {name for _, name in dates}), (carrier, member)


GROUP = {"zones": [[1, "UTC", "UTC"]], "provenance": "guessed", "source": "a test"}
MEMBER = {"member": "Date", "treated": "utc", "provenance": "guessed", "source": "a test"}


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ({"groups": []}, "the key members is missing"),
        ({"groups": [], "members": [], "x": 1}, "unknown key x"),
        ({"groups": [GROUP | {"x": 1}], "members": []}, "unknown key x"),
        ({"groups": [GROUP | {"provenance": "heard"}], "members": []}, "needs a provenance"),
        ({"groups": [GROUP | {"zones": [[1, "UTC"]]}], "members": []}, "is not"),
        ({"groups": [GROUP | {"zones": [[None, None, "UTC"]]}], "members": []}, "is not"),
        ({"groups": [GROUP | {"zones": [[261, False, "Europe/Oslo"]]}], "members": []}, "is not"),
        ({"groups": [GROUP, GROUP], "members": []}, "twice"),
        ({"groups": [], "members": [MEMBER | {"x": 1}]}, "unknown key x"),
        ({"groups": [], "members": [MEMBER | {"source": ""}]}, "needs a provenance"),
        ({"groups": [], "members": [MEMBER | {"treated": "moved"}]}, "treated must be"),
    ],
)
def test_mistakes_in_the_data_are_named(described: Mapping[str, Any], complaint: str) -> None:
    """Unknown keys, doubled zones and rows without provenance are errors of the catalogue."""
    with pytest.raises(CatalogueError, match=complaint):
        Table("timezones.yaml", described)
