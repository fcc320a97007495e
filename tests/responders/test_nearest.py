"""Which recording is nearest, and how it differs; quickly, and without telling credentials."""

from __future__ import annotations

from time import process_time

import pytest

from mockserver.responders.matching import USUAL, Asked, LeftOut, plain_path
from mockserver.responders.nearest import Recorded, nearest, summed_up

MATCH_ON = frozenset(USUAL)
JSON = {"Content-Type": "application/json"}


def kept(*requests: Asked) -> dict[tuple[str, str], list[Recorded]]:
    """Recordings of these requests, in their places."""
    places: dict[tuple[str, str], list[Recorded]] = {}
    for number, asked in enumerate(requests, 1):
        path = plain_path(asked.path)
        places.setdefault((asked.method, path), []).append(Recorded("a.yaml", number, asked, LeftOut.of(path)))
    return places


def posted(body: bytes, headers: dict[str, str] = JSON) -> Asked:
    """A POST with a body."""
    return Asked("POST", "/Cust1/api/v1/Contact", headers=headers, body=body)


def test_nothing_is_near_where_nothing_is() -> None:
    """An empty cassette has no nearest recording."""
    assert nearest(Asked("GET", "/"), {}, MATCH_ON) is None


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (Asked("GET", "/api/v1/Contact/50"), 1),
        (Asked("GET", "/api/v1/Persom/5", "a=1"), 2),
        (Asked("DELETE", "/api/v1/Contact/5"), 4),
        (Asked("PUT", "/api/v1/Contact/5"), 1),
        (Asked("GET", "/api/v1/Person/5", "a=2&b=1"), 3),
    ],
    ids=["a path that is longer", "a misspelt path", "the right method", "another method", "the query with fewer differences"],
)
def test_the_nearest_is_the_one_that_was_meant(asked: Asked, number: int) -> None:
    """Path before method, and of the same path the one with the fewest differences."""
    recordings = kept(
        Asked("GET", "/api/v1/Contact/5"),
        Asked("GET", "/api/v1/Person/5", "a=1"),
        Asked("GET", "/api/v1/Person/5", "a=2"),
        Asked("DELETE", "/api/v1/Contact/5"),
    )
    found = nearest(asked, recordings, MATCH_ON)
    assert found is not None
    assert found[0].number == number


@pytest.mark.parametrize(
    ("recorded", "asked", "differs"),
    [
        (posted(b'{"a":{"b":[1,2]}}'), posted(b'{"a":{"b":[1,3]}}'), ["body.a.b[1]: recorded 2, asked 3"]),
        (posted(b'{"a":[1]}'), posted(b'{"a":[1,2]}'), ["body.a: recorded a list of 1, asked a list of 2"]),
        (posted(b'{"a":1}'), posted(b'{"b":null}'),
         ["body.a: recorded 1, asked without it", "body.b: recorded without it, asked nothing"]),
        (posted(b'{"a":1}'), posted(b""), ["body: recorded an object of 1, asked nothing"]),
        (posted(b"\x00", {}), posted(b"\x01\x02", {}), ["body: recorded 1 bytes, asked 2 bytes"]),
        (posted(b"<A><B>1</B></A>", {}), posted(b"<A><B>2</B></A>", {}), ["body.B[0]: recorded '1', asked '2'"]),
        (posted(b'{"Password":"s3cr3t","a":1}'), posted(b'{"Password":"0th3r","a":2}'), ["body.a: recorded 1, asked 2"]),
    ],
    ids=["deep", "length of a list", "members", "no body", "bytes", "XML", "credentials"],
)  # fmt: skip
def test_differences_are_told_by_place(recorded: Asked, asked: Asked, differs: list[str]) -> None:
    """Each place where two bodies differ, with both values if they are short."""
    found = nearest(asked, kept(recorded), MATCH_ON)
    assert found is not None
    assert found[1] == differs


def test_parts_that_are_not_compared_are_not_told() -> None:
    """Only what keeps the recording from answering is a difference."""
    found = nearest(posted(b"1"), kept(posted(b"2")), frozenset({"method", "path"}))
    assert found is not None
    assert found[1] == []


def test_long_values_are_cut_and_many_differences_counted() -> None:
    """An explanation stays one that can be read."""
    found = nearest(posted(b'{"a":"%b"}' % (b"x" * 500)), kept(posted(b'{"a":"y"}')), MATCH_ON)
    assert found is not None
    assert len(found[1][0]) < 200
    assert summed_up(list("abcdefg")) == "a; b; c; d; e and 2 more"


def test_a_miss_in_a_large_cassette_is_quick() -> None:
    """A hundred thousand other paths are not each looked at closely."""
    recordings = kept(*(Asked("GET", f"/api/v1/Contact/{number}") for number in range(100_000)))
    started = process_time()
    found = nearest(Asked("GET", "/api/v1/Contact/100001"), recordings, MATCH_ON)
    assert found is not None
    assert process_time() - started < 3
