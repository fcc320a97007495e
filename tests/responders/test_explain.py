"""Unknown paths are explained by what is nearest, quickly; the client gets no more than the API would say."""

from __future__ import annotations

from time import perf_counter

import pytest

from mockserver.catalogue.loading import load_catalogue
from mockserver.responders.explain import Explainer

from .house import House


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    """An explainer over the whole catalogue."""
    return Explainer(load_catalogue())


@pytest.mark.parametrize(
    ("method", "path", "nearest"),
    [
        ("POST", "/api/v1/Agents/Contact/SaveContactEntiy", "POST /api/v1/Agents/Contact/SaveContactEntity"),
        ("POST", "/api/v1/agents/contact/getcontactentitty", "POST /api/v1/Agents/Contact/GetContactEntity"),
        ("POST", "/api/v1/Agents/Contacts/GetContactEntity", "POST /api/v1/Agents/Contact/GetContactEntity"),
        ("GET", "/api/v1/Contcat/5", "/api/v1/Contact/{id}"),
        ("GET", "/api/v1/Persn/default", "GET /api/v1/Person/default"),
    ],
)
def test_the_nearest_operations_are_named(explainer: Explainer, method: str, path: str, nearest: str) -> None:
    """A slip of the pen is answered with the operation that was meant."""
    told = explainer.nearest(method, path)
    assert f"{method} {path}" in told
    assert nearest in told


def test_at_most_three_are_named(explainer: Explainer) -> None:
    """An explanation is a sentence, not a list of the API."""
    assert explainer.nearest("POST", "/api/v1/Agents/Contact/GetContact").count("/api/v1/") <= 4


@pytest.mark.parametrize("path", ["/", "", "/api/v1/", "/qqqqqqqqq", "/api/v1/qqqqqqqqq/wwww", "/////", "a b"])
def test_what_resembles_nothing_is_said_so(explainer: Explainer, path: str) -> None:
    """Where nothing is near, nothing is named."""
    told = explainer.nearest("GET", path)
    assert told.startswith("no operation")
    assert "nearest" not in told


@pytest.mark.parametrize(
    "path", ["/api/v1/" + "Contact" * 10_000, "/api/v1/Agents/" + "a/" * 5000, "/api/v1/Agents/Contact/" + "z" * 300]
)
def test_long_paths_cost_little(explainer: Explainer, path: str) -> None:
    """A path of any length is explained in well under a second."""
    started = perf_counter()
    told = explainer.nearest("GET", path)
    assert perf_counter() - started < 1
    assert len(told) < 1000


def test_many_unknown_paths_cost_little(explainer: Explainer) -> None:
    """Fifty different unknown paths in the largest agent are explained in a few seconds, a repeated one at once."""
    started = perf_counter()
    for number in range(50):
        explainer.nearest("POST", f"/api/v1/Agents/Contact/GetContactEntity{number}")
    assert perf_counter() - started < 5
    started = perf_counter()
    for _ in range(1000):
        explainer.nearest("POST", "/api/v1/Agents/Contact/GetContactEntity1")
    assert perf_counter() - started < 1


def test_the_client_is_told_in_the_api_s_words_and_the_journal_in_ours(house: House) -> None:
    """The body of a 404 is the framework's; what is near stands in the journal and in a header of ours."""
    answer = house.ask("POST", "/api/v1/Agents/Contact/SaveContactEntiy", {"Name": "Typo"})
    assert answer.status == 404
    assert set(answer.value) == {"Message", "MessageDetail"}
    assert "nearest" not in answer.body.decode()
    (entry,) = house.told()
    assert "POST /api/v1/Agents/Contact/SaveContactEntity" in entry["explanation"]
    assert "POST /api/v1/Agents/Contact/SaveContactEntity" in answer.headers["X-Mock-Explanation"]


def test_an_undeclared_tenant_is_explained_by_how_to_declare_it(house: House) -> None:
    """The journal of nobody says what to do about a tenant that is not there."""
    house.ask("GET", "/Cust404/api/v1/Contact/1")
    (entry,) = house.told("")
    assert "Cust404" in entry["explanation"]
    assert "/_mock/tenants" in entry["explanation"]


def test_an_explanation_never_breaks_a_header(house: House) -> None:
    """Line breaks and other scripts in a path do not get into the header that explains it."""
    answer = house.ask("GET", "/api/v1/Contact\r\nX-Evil: 1/\u2028å")
    assert answer.status == 404
    told = answer.headers["X-Mock-Explanation"]
    assert told.isascii()
    assert told.isprintable()
