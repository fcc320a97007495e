"""Tests of the two trees of errors."""

from __future__ import annotations

import pytest

from mockserver import errors
from mockserver.errors import ApiError, MockServerError, NotFound, UnknownRow, WrongVerb

ALL = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]


def test_every_error_is_in_one_of_two_trees() -> None:
    """An error says that the double is misused or what the API would say, never both and never neither."""
    for kind in ALL:
        assert issubclass(kind, MockServerError) != issubclass(kind, ApiError), kind
        assert kind.__doc__, kind


def test_an_error_of_the_api_knows_no_status() -> None:
    """Statuses belong to the dialects."""
    for kind in ALL:
        assert not any("status" in name.lower() for name in vars(kind)), kind


@pytest.mark.parametrize("kind", [each for each in ALL if issubclass(each, ApiError) and each is not WrongVerb])
def test_an_error_explains_itself_by_its_message(kind: type[ApiError]) -> None:
    """Message and explanation are the same unless one is given, and the type is the kind's own unless one is given."""
    error = kind("It is so")
    assert (str(error), error.message, error.explanation, error.detail) == ("It is so", "It is so", "It is so", None)
    assert error.error_type == kind.error_type
    other = kind("It is so", detail="more", error_type="SoOther", explanation="because")
    assert (other.detail, other.error_type, other.explanation) == ("more", "SoOther", "because")


def test_an_error_of_one_call_leaves_its_kind_alone() -> None:
    """A type given to one error is not that of the next."""
    before = NotFound.error_type
    NotFound("x", error_type="SoOther")
    assert NotFound("x").error_type == before


def test_a_wrong_verb_knows_the_right_ones() -> None:
    """The methods that a path has travel with the error."""
    assert WrongVerb("no", ("GET", "POST")).allowed == ("GET", "POST")


def test_an_unknown_row_is_a_missing_one() -> None:
    """A write to a row that is not there is a missing row with another answer."""
    assert issubclass(UnknownRow, NotFound)
    assert UnknownRow("x").error_type == "SoNotFoundException"
