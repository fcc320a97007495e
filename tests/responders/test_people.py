"""Stand-ins: the same for the same text, of the same form, and of somebody else."""

from __future__ import annotations

import pytest

from mockserver.responders.people import People

PEOPLE = People(b"a key of thirty-two characters..", frozenset(("AS", "MR")))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", "Ola Nordmann"),
        ("name", "ÆRLIG-ØST & sønner AS"),
        ("name", "山田 太郎"),
        ("email", "ola@firma.no"),
        ("email", "Ola Nordmann <ola@firma.no>"),
        ("phone", "+47 22 51 80 00"),
        ("number", "NO 987 654 321 MVA"),
        ("zip", "SW1A 1AA"),
        ("birth", "1980-05-17T00:00:00"),
        ("address", "Storgata 12 B"),
        ("url", "https://www.firma.no/ola?x=1"),
        ("text", "Ring Ola i morgen."),
    ],
)
def test_a_stand_in_is_another_text_and_always_the_same(kind: str, text: str) -> None:
    """Also in another object with the same key, and whatever was asked before."""
    made = PEOPLE.stand_in(kind, text)
    assert made != text
    assert People(b"a key of thirty-two characters..", frozenset(("AS", "MR"))).stand_in(kind, text) == made
    assert People(b"another key of many characters..", frozenset(("AS", "MR"))).stand_in(kind, text) != made
    for word in ("ola", "nordmann", "firma", "storgata", "山田", "51 80 00", "987 654", "05-17"):
        assert word not in made.lower()


@pytest.mark.parametrize(
    ("number", "form"),
    [("+47 22 51 80 00", "+47 ## ## ## ##"), ("(0047) 22518000", "(0047) ########"), ("22 51-80.00", "## ##-##.##")],
)
def test_a_phone_number_keeps_its_form_and_its_country(number: str, form: str) -> None:
    """And is the same number in whatever form it is written."""
    made = PEOPLE.phone(number)
    assert [each if each.isdigit() else "" for each in form] == [
        own if like.isdigit() else "" for own, like in zip(made, form, strict=True)
    ]
    assert "".join(each for each in made if each.isdigit())[-8:] == PEOPLE.phone("22518000")


def test_letter_case_legal_forms_and_lengths_stay() -> None:
    """As far as a name allows."""
    assert PEOPLE.name("NORDMANN AS").isupper()
    assert PEOPLE.name("nordmann").islower()
    assert PEOPLE.name("Nordmann AS").endswith(" AS")
    for length in (1, 2, 17, 400, 5000):
        assert len(PEOPLE.text("x" * length)) == length


def test_the_empty_date_is_nobodys_birthday() -> None:
    """`0001-01-01T00:00:00` says that there is none (protocol 1.2)."""
    assert PEOPLE.birth("0001-01-01T00:00:00") == "0001-01-01T00:00:00"
