"""Tests of languages and cultures: what a caller asked for, and answers said that way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.calls import Constant, Value, plain
from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.errors import CatalogueError
from mockserver.wire import json
from mockserver.wire.culture import Culture, Cultures, Resources

CONTACT = Type(Kind.CARRIER, "ContactEntity")
CATEGORY = Type(Kind.CARRIER, "Category")
CULTURES = Cultures(load_catalogue())
ENGLISH = Culture("en", "US", "en")
NORWEGIAN = Culture("nb", "NO", "nb")
FRENCH = Culture("fr", "FR", "fr")
GERMAN = Culture("de", "GE", "de")
SUPPLIER = 'NO:"Leverandør";US:"Supplier"'


@pytest.fixture
def cultures(catalogue: Catalogue) -> Cultures:
    """Cultures that nobody has used yet."""
    return Cultures(catalogue)


# --- the headers


@pytest.mark.parametrize(
    ("accept", "language", "code", "formats"),
    [
        ("en", "en", "US", "en"),
        ("EN-us", "en", "US", "en_US"),
        ("en-us; en-gb", "en", "US", "en_US"),
        ("en-us;en-gb;q=0.5", "en", "US", "en_US"),
        ("nb-no", "nb", "NO", "nb_NO"),
        ("nb_NO", "nb", "NO", "nb_NO"),
        ("no", "nb", "NO", "no"),
        ("nn-NO", "nb", "NO", "nn_NO"),
        ("de", "de", "GE", "de"),
        ("sv", "sv", "SW", "sv"),
        ("da", "da", "DA", "da"),
        ("fr-FR,fr;q=0.9", "fr", "FR", "fr_FR"),
        ("es", "es", "SP", "es"),
        ("it", "it", "IT", "it"),
        ("nl", "nl", "NL", "nl"),
        ("fi", "fi", "FI", "fi"),
        ("pl", "pl", "PL", "pl"),
        ("ru", "ru", "RU", "ru"),
        ("cs", "cs", "CZ", "cs"),
        ("ja", "ja", "JP", "ja"),
        ("zh-Hans-CN", "zh", "CN", "zh_CN"),
        ("de;q=0.4, fr;q=0.8, en;q=0.1", "fr", "FR", "fr"),
        ("de;q=0, fr;q=0.1", "fr", "FR", "fr"),
        ("de;q=much, fr", "de", "GE", "de"),
        ("de;q=nan, fr", "de", "GE", "de"),
        ("*, de;q=0.1", "de", "GE", "de"),
        ("klingon, qq, x, de", "de", "GE", "de"),
        ("tr", "tr", "US", "tr"),
    ],
)
def test_the_best_known_language_counts(accept: str, language: str, code: str, formats: str) -> None:
    """Languages by quality, separated by commas or, as the vendor's page has it, semicolons (protocol 6.1)."""
    assert CULTURES.parse(accept, None, None) == Culture(language, code, formats)


@pytest.mark.parametrize("accept", [None, "", "*", "*;q=0.5", "x", "-", "klingon", "qq-QQ", ";;,,", "en;q=0", "q=1", "en us"])
def test_without_a_known_language_nothing_is_translated(accept: str | None) -> None:
    """No language, a wildcard or an unknown tag leaves strings raw (protocol 6.1)."""
    assert CULTURES.parse(accept, None, None) is None
    assert CULTURES.parse(accept, None, "sv") is None


@pytest.mark.parametrize("so_language", ["*", "x", "X", "-", "", " "])
def test_translation_can_be_switched_off(so_language: str) -> None:
    """`SO-Language` with `*`, `x`, `-` or nothing switches translation off, whatever the browser sends (protocol 6.1)."""
    assert CULTURES.parse("en-us; en-gb", so_language, None) is None


def test_the_own_header_comes_first() -> None:
    """`SO-Language` overrides `Accept-Language` (page http-headers)."""
    assert CULTURES.parse("en-us; en-gb", "nb-no", None) == Culture("nb", "NO", "nb_NO")


def test_an_unknown_own_language_counts_as_not_sent() -> None:
    """The browser's language decides where `SO-Language` names none."""
    assert CULTURES.parse("en", "klingon", None) == ENGLISH


@pytest.mark.parametrize(
    ("so_culture", "formats"), [("sv", "sv"), ("SV-se", "sv_SE"), ("klingon", "nb_NO"), ("", "nb_NO"), ("*", "nb_NO")]
)
def test_the_culture_is_another_than_the_language(so_culture: str, formats: str) -> None:
    """Norwegian strings with Swedish formats (page http-headers); an unknown culture is that of the language."""
    assert CULTURES.parse("en-us; en-gb", "nb-no", so_culture) == Culture("nb", "NO", formats)


HEADERS = st.none() | st.text() | st.text("enbdr-_;,=q.01*x \x00", max_size=60)


@given(HEADERS, HEADERS, HEADERS)
def test_no_header_is_an_error(accept: str | None, language: str | None, culture: str | None) -> None:
    """Any texts ask for a culture or for none."""
    found = CULTURES.parse(accept, language, culture)
    assert found is None or hash(found) == hash(Culture(found.language, found.code, found.formats))


@pytest.mark.parametrize(
    "header", ["e" * 10_000, "-" * 10_000, ";" * 10_000, "en-" * 3333, "a-a-" * 2500, "\x00", "\r\n", "\ud800"]
)
def test_bad_headers_are_ignored(header: str) -> None:
    """Long headers and control characters ask for no language, at once."""
    assert CULTURES.parse(header, None, None) is None
    assert CULTURES.parse("en", header or "x", header) in (ENGLISH, None)


# --- multi-language strings


@pytest.mark.parametrize(
    ("text", "culture", "said"),
    [
        (SUPPLIER, ENGLISH, "Supplier"),
        (SUPPLIER, NORWEGIAN, "Leverandør"),
        (SUPPLIER, FRENCH, "Supplier"),
        ('US:"Customer";NO:"Kunde";', NORWEGIAN, "Kunde"),
        ('US:"Customer";NO:"Kunde";', ENGLISH, "Customer"),
        ('NO:"Kunde";SW:"Kund"', FRENCH, "Kunde"),
        ('US:"Customer"', NORWEGIAN, "Customer"),
        ('US:"";NO:"Kunde"', ENGLISH, ""),
        ('US:"Customer" ; NO:"Kunde" ;', NORWEGIAN, "Kunde"),
        ('US:"a; NO:b";NO:"c"', ENGLISH, "a; NO:b"),
        ('US:"the \\"best\\" one";NO:"x"', ENGLISH, 'the "best" one'),
        ('US:"the ""best"" one";NO:"x"', ENGLISH, 'the "best" one'),
        ('US:"two\nlines";NO:"x"', ENGLISH, "two\nlines"),
        ('US:"first";US:"second"', ENGLISH, "first"),
        ('US:"[SR_YES]";NO:"x"', ENGLISH, "Yes"),
        ('JP:"顧客";CN:"客户"', Culture("zh", "CN", "zh"), "客户"),
    ],
)
def test_multi_language_strings_are_resolved(text: str, culture: Culture, said: str) -> None:
    """The language's part, else the American, else the first, in any order, with or without a last semicolon (protocol 6.1)."""
    assert CULTURES.text(text, culture) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Supplier",
        'He said:"no"',
        'US:"open',
        'US:"a" and more',
        'before US:"a"',
        'us:"a"',
        'XX:"a"',
        'US:"a"NO:"b"',
        '{"a":"b"}',
        "[D:05/05/1999 00:00:00.0000000]",
        "[F:4.43]",
        "[I:3]",
        "SR_AL_STREET",
        "[SR_NOBODY_KNOWS_THIS]",
        "[SR_yes]",
    ],
)
def test_other_strings_stay(text: str) -> None:
    """Strings without language parts, encoded values, labels and unknown resources stay as they are (protocol 6.1)."""
    assert CULTURES.text(text, GERMAN) is text or CULTURES.text(text, GERMAN) == text


@given(st.text().filter(lambda text: ':"' not in text and "[SR_" not in text))
def test_translation_of_a_string_without_parts_is_identity(text: str) -> None:
    """What has no language parts and no resource id is the same object in every language."""
    assert CULTURES.out(text, Type(Kind.STRING), NORWEGIAN) is text


@given(st.text('USNO:";\\ a[SR_YES]', max_size=80))
def test_any_text_can_be_said(text: str) -> None:
    """Broken parts, quotes and brackets are no error."""
    assert isinstance(CULTURES.text(text, NORWEGIAN), str)


@pytest.mark.parametrize(
    "text", ['US:"' + '""' * 50_000, 'US:"a";' * 20_000 + "x", 'US:"' + "\\" * 100_001, "[SR_" * 50_000, "[SR_" + "A" * 100_000]
)
def test_long_texts_take_bounded_time(text: str) -> None:
    """A long text that is nearly multi-language, or nearly a resource, stays as it is, at once."""
    assert CULTURES.text(text, NORWEGIAN) == text


@given(
    st.dictionaries(st.sampled_from(["US", "NO", "GE", "SW", "FR"]), st.text(), min_size=1),
    st.sampled_from([ENGLISH, NORWEGIAN, FRENCH, GERMAN]),
)
def test_parts_come_out_as_they_went_in(parts: dict[str, str], culture: Culture) -> None:
    """Whatever a part holds, doubled quotes bring it through, as long as it holds no backslash or resource."""
    parts = {code: text.replace("\\", "/").replace("[SR_", "") for code, text in parts.items()}
    text = "".join(f'{code}:"{text.replace(chr(34), chr(34) * 2)}";' for code, text in parts.items())
    assert CULTURES.text(text, culture) == parts.get(culture.code, parts.get("US", next(iter(parts.values()))))


# --- resources


@pytest.mark.parametrize(
    ("text", "culture", "said"),
    [
        ("[SR_MANDATORY_FIELD_1281]", FRENCH, "Nom de société"),
        ("[SR_YES]", NORWEGIAN, "Ja"),
        ("[SR_NO]", NORWEGIAN, "Nei"),
        ("[SR_YES]", Culture("tr", "US", "tr"), "Yes"),
        ("[SR_YES]/[SR_NO] [SR_WHAT]", GERMAN, "Ja/Nein [SR_WHAT]"),
    ],
)
def test_resources_are_resolved(text: str, culture: Culture, said: str) -> None:
    """A known id becomes its text, in English where the language has none; an unknown one stays raw."""
    assert CULTURES.text(text, culture) == said


def test_reasons_of_rights_are_resolved(cultures: Cultures, catalogue: Catalogue) -> None:
    """`FieldRight.Reason` is said in the caller's language, masks and types stay (page http-headers)."""
    mandatory = {"FieldRight": {"Mask": "Update, UIHintMandatory", "Reason": "[SR_MANDATORY_FIELD_1281]"}, "FieldLength": 219}
    value = {"Name": "x", "FieldProperties": Constant({"Name": mandatory})}
    assert plain(cultures.out(value, CONTACT, FRENCH)) == {
        "Name": "x",
        "FieldProperties": {
            "Name": {"FieldRight": {"Mask": "Update, UIHintMandatory", "Reason": "Nom de société"}, "FieldLength": 219}
        },
    }


def test_every_resource_of_the_rights_has_texts(catalogue: Catalogue) -> None:
    """No reason that we send is raw for a caller with a language; the seven asked-for languages have texts of their own."""
    reasons = {row[1] for members in catalogue.rights.values() for row in members.values() if row[1].startswith("[SR_")}
    assert reasons
    for reason in (*reasons, "[SR_YES]", "[SR_NO]", "[SR_SALE_SOLD]"):
        texts = CULTURES.resources._texts[reason.strip("[]")]
        assert {"en", "nb", "de", "fr", "sv", "da", "nl"} <= texts.keys()


# --- values


def test_a_list_item_is_said_in_the_callers_language(cultures: Cultures) -> None:
    """The vendor's example: category 2 is just `Supplier` for an English caller (page http-headers)."""
    stored: dict[str, Value] = {"Id": 2, "Value": SUPPLIER, "Tooltip": "", "EnableLeadStatus": False, "Rank": 1}
    assert cultures.out(stored, CATEGORY, ENGLISH) == {**stored, "Value": "Supplier"}
    assert stored["Value"] == SUPPLIER


def test_an_answer_without_language_parts_is_shared(cultures: Cultures) -> None:
    """A value in which nothing is to be said is handed back itself, constants and all."""
    value = {
        "Name": "x",
        "Business": Constant({"Value": "IT"}),
        "Emails": [{"Value": "a@example.com"}],
        "Deleted": 0,
        "Xstop": None,
    }
    assert cultures.out(value, CONTACT, NORWEGIAN) is value


def test_arrays_and_maps_are_walked(cultures: Cultures) -> None:
    """Texts are found in arrays, maps and arrays of arrays."""
    rows = [{"Value": SUPPLIER}, {"Value": "IT"}]
    assert cultures.out(rows, Type(Kind.ARRAY, item=CATEGORY), ENGLISH) == [{"Value": "Supplier"}, {"Value": "IT"}]
    assert cultures.out({"a": [[SUPPLIER]]}, Type(Kind.MAP, item=Type(Kind.STRING)), ENGLISH) == {"a": [["Supplier"]]}
    assert cultures.out(SUPPLIER, Type(Kind.STRING), ENGLISH) == "Supplier"


@pytest.mark.parametrize("kind", [Kind.INT32, Kind.BOOLEAN, Kind.DATE_TIME, Kind.BINARY, Kind.ENUM])
def test_wordless_types_are_not_walked(kind: Kind) -> None:
    """Numbers, dates and bytes are nothing to translate."""
    value = [SUPPLIER]
    assert CULTURES.out(value, Type(Kind.ARRAY, item=Type(kind)), ENGLISH) is value


def test_a_constant_is_said_once_per_culture(cultures: Cultures) -> None:
    """A constant becomes one other constant per culture, whose encodings last; one without texts stays itself."""
    category, business = Constant({"Id": 2, "Value": SUPPLIER}), Constant({"Id": 2, "Value": "IT"})
    value = {"Category": category, "Business": business}
    first = cultures.out(value, CONTACT, ENGLISH)
    again = cultures.out(value, CONTACT, Culture("en", "US", "en"))
    other = cultures.out(value, CONTACT, NORWEGIAN)
    assert isinstance(first, dict)
    assert isinstance(again, dict)
    assert first["Category"] is again["Category"]
    assert first["Business"] is business
    assert json.encode(first) == b'{"Category":{"Id":2,"Value":"Supplier"},"Business":{"Id":2,"Value":"IT"}}'
    assert plain(other) == {"Category": {"Id": 2, "Value": "Leverandør"}, "Business": {"Id": 2, "Value": "IT"}}
    assert plain(category) == {"Id": 2, "Value": SUPPLIER}


def test_constants_inside_constants_are_said(cultures: Cultures) -> None:
    """A list in a constant may hold constants."""
    value = Constant([Constant({"Value": SUPPLIER}), Constant({"Value": "IT"})])
    assert plain(cultures.out(value, Type(Kind.ARRAY, item=CATEGORY), ENGLISH)) == [{"Value": "Supplier"}, {"Value": "IT"}]


def test_said_constants_do_not_pile_up(cultures: Cultures) -> None:
    """However many constants are said, only so many are kept, and each is said right."""
    for number in range(5000):
        said = cultures.out({"Category": Constant({"Value": f'US:"{number}"'})}, CONTACT, ENGLISH)
        assert plain(said) == {"Category": {"Value": str(number)}}
    assert len(cultures._renderings._kept) <= 4000


# --- numbers and dates in texts


@pytest.mark.parametrize(
    ("encoded", "shown", "formats", "said"),
    [
        ("[F:3.14159]", "3.14159", "sv", "3,14159"),
        ("[F:3.14159]", "3.14159", "en", "3.14159"),
        ("[F:1234567.5]", "1234567.5", "de_DE", "1234567,5"),
        ("[M:-4.43]", "-4.43", "nb_NO", "-4,43"),
        ("[F:0]", "0", "fr", "0"),
        ("[D:05/13/1999 00:00:00.0000000]", "05/13/1999", "de_DE", "13.05.99"),
        ("[D:05/13/1999 00:00:00.0000000]", "05/13/1999 00:00:00.0000000", "de_DE", "13.05.99"),
        ("[D:05/13/1999]", "1999-05-13T00:00:00", "sv_SE", "1999-05-13"),
        ("[DT:05/13/1999 15:04:05]", "05/13/1999 15:04:05", "de_DE", "13.05.99 15:04"),
        ("[D:01/01/0001]", "01/01/0001", "de_DE", "01/01/0001"),
        ("[I:3]", "3.5", "sv", "3.5"),
        ("[I:1]", "[SR_YES]", "sv", "Ja"),
        ("[F:4.43]", "about 4.43", "sv", "about 4.43"),
        ("[F:4.43]", "", "sv", ""),
        ("[F:4.43]", "NaN", "sv", "NaN"),
        ("[F:1e99]", "1e99", "sv", "1e99"),
        ("[F:4.43]", "4.43" * 1000, "sv", "4.43" * 1000),
        ("plain", "4.43", "sv", "4.43"),
        ("[F:4.43]", "4.43", "sv_ZZ", "4,43"),
    ],
)
def test_display_texts_follow_the_culture(encoded: str, shown: str, formats: str, said: str) -> None:
    """`SO-Culture` formats numbers and dates inside strings only: the display twin, never the encoded value (protocol 6.1).

    The formats are those of the CLDR (Babel).
    """
    value = {"CustomFields": {"SuperOffice:8": encoded, "SuperOffice:8:org": encoded, "SuperOffice:8:DisplayText": shown}}
    assert CULTURES.out(value, CONTACT, Culture("sv", "SW", formats)) == {
        "CustomFields": {"SuperOffice:8": encoded, "SuperOffice:8:org": encoded, "SuperOffice:8:DisplayText": said}
    }


def test_a_display_text_without_its_twin_stays(cultures: Cultures) -> None:
    """Without an encoded value beside it nobody knows what a display text is."""
    value = {"SuperOffice:8:DisplayText": "4.43", "SuperOffice:9": None, "SuperOffice:9:DisplayText": "4.43"}
    assert cultures.out(value, Type(Kind.MAP, item=Type(Kind.STRING)), GERMAN) is value


# --- the data file


ROW: dict[str, Any] = {"texts": {"en": "Yes"}, "provenance": "guessed", "source": "a test"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (ROW | {"x": 1}, "unknown key x"),
        ({"texts": {"en": "Yes"}, "source": "a test"}, "the key provenance is missing"),
        (ROW | {"provenance": "heard"}, "needs a provenance"),
        (ROW | {"texts": {"nb": "Ja"}}, "the text in en is missing"),
        (ROW | {"recorded": ["fr"]}, "the text in fr is missing"),
        (ROW | {"texts": {"en": True}}, "texts must name"),
        (ROW | {"texts": {False: "Nei", "en": "No"}}, "texts must name"),
        (ROW | {"texts": "Yes"}, "texts must name"),
    ],
)
def test_mistakes_in_the_data_are_named(row: Mapping[str, Any], complaint: str) -> None:
    """Unknown keys, missing texts and rows without provenance are errors of the catalogue."""
    with pytest.raises(CatalogueError, match=complaint):
        Resources("resources.yaml", {"SR_YES": row})
