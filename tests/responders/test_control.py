"""The control surface below `/_mock/`: tenants, reset and journal, JSON in and out."""

from __future__ import annotations

import pytest

from .house import House

TENANTS = "/_mock/tenants"
JSON_TYPE = "application/json; charset=utf-8"


def names(house: House) -> list[str]:
    """All tenants there are."""
    answer = house.ask("GET", TENANTS)
    assert answer.status == 200
    return [each["tenant"] for each in answer.value["tenants"]]


def test_the_default_tenant_is_listed_with_all_a_client_needs(house: House) -> None:
    """GET tells where each tenant is and how to log in there."""
    answer = house.ask("GET", TENANTS, login=None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON_TYPE)
    (told,) = answer.value["tenants"]
    assert told["tenant"] == "Cust12345"
    assert told["url"] == "http://mock.test/Cust12345"
    assert told["api_url"] == "http://mock.test/Cust12345/api"
    assert told["login_url"] == "http://mock.test"
    assert (told["user"], told["password"]) == ("tje0", "Tje0")
    assert told["access_token"].startswith("8A:Cust12345.")
    assert told["ticket"].startswith("7T:")


def test_a_tenant_is_made_under_a_name(house: House) -> None:
    """POST with a name makes a fresh tenant that answers at once."""
    answer = house.ask("POST", TENANTS, {"tenant": "Cust777"})
    assert (answer.status, answer.value["tenant"]) == (201, "Cust777")
    assert names(house) == ["Cust12345", "Cust777"]
    assert house.ask("GET", "/Cust777/api/v1/Contact/1").status == 200


def test_a_tenant_is_made_without_a_name(house: House) -> None:
    """POST without a name picks one that is free, another each time."""
    bodies: tuple[object, ...] = (..., {}, b" ")
    made = [house.ask("POST", TENANTS, body).value["tenant"] for body in bodies]
    assert len(set(made)) == 3
    assert names(house) == ["Cust12345", *made]


def test_a_made_tenant_s_own_credentials_work(house: House) -> None:
    """The token that POST tells is accepted by the tenant it made, and by no other."""
    told = house.ask("POST", TENANTS, {"tenant": "Cust777"}).value
    login = f"Bearer {told['access_token']}"
    assert house.ask("GET", "/Cust777/api/v1/Contact/1", login=login).status == 200
    assert house.ask("GET", "/Cust12345/api/v1/Contact/1", login=login).status == 401


def test_making_a_tenant_twice_is_a_conflict(house: House) -> None:
    """A name that is taken is 409, in any letter case, and the tenant keeps what it holds."""
    house.save(Name="Kept")
    for name in ("Cust12345", "cust12345"):
        answer = house.ask("POST", TENANTS, {"tenant": name})
        assert (answer.status, answer.headers["Content-Type"]) == (409, JSON_TYPE)
        assert "Cust12345" in answer.value["error"]
    assert house.ask("GET", "/api/v1/Contact/2").value["Name"] == "Kept"


@pytest.mark.parametrize("name", ["Nobody", "Cust", "", "Cust1x", "Cust1/..", 12345, None, ["Cust1"], {"a": 1}, True])
def test_a_bad_name_is_refused(house: House, name: object) -> None:
    """A tenant is `Cust` and digits; anything else is 400 with a sentence."""
    for method, page in (("POST", "tenants"), ("DELETE", "tenants"), ("POST", "reset")):
        answer = house.ask(method, f"/_mock/{page}", {"tenant": name})
        assert answer.status == 400, (method, page)
        assert "Cust" in answer.value["error"]
    assert names(house) == ["Cust12345"]


def test_a_dropped_tenant_is_gone(house: House) -> None:
    """DELETE forgets a tenant with its rows and its journal; its name may be used again, for a fresh one."""
    house.ask("POST", TENANTS, {"tenant": "Cust777"})
    house.ask("POST", "/Cust777/api/v1/Contact", {"Name": "Lost"})
    assert house.ask("DELETE", TENANTS, {"tenant": "Cust777"}).status == 200
    assert names(house) == ["Cust12345"]
    assert house.ask("GET", "/Cust777/api/v1/Contact/1").status == 404
    assert house.ask("GET", "/_mock/journal?tenant=Cust777").status == 404
    house.ask("POST", TENANTS, {"tenant": "Cust777"})
    assert house.told("Cust777") == []
    assert house.ask("GET", "/Cust777/api/v1/Contact/2").status == 404


def test_dropping_wants_a_name_and_a_tenant_of_it(house: House) -> None:
    """DELETE of nobody in particular is 400, of nobody there 404; nothing is dropped by accident."""
    assert house.ask("DELETE", TENANTS).status == 400
    missing = house.ask("DELETE", f"{TENANTS}?tenant=Cust404")
    assert missing.status == 404
    assert "Cust404" in missing.value["error"]
    assert names(house) == ["Cust12345"]


def test_reset_makes_a_tenant_fresh(house: House) -> None:
    """After a reset the tenant holds what a fresh one holds, and counts and numbers from the start."""
    first = house.save(Name="Before")
    house.ask("DELETE", "/api/v1/Contact/1")
    answer = house.ask("POST", "/_mock/reset", {"tenant": "Cust12345"})
    assert (answer.status, answer.value["tenant"]) == (200, "Cust12345")
    assert house.told() == []
    assert house.ask("GET", "/api/v1/Contact/1").status == 200
    assert house.ask("GET", f"/api/v1/Contact/{first['ContactId']}").status == 404
    again = house.save(Name="After")
    assert (again["ContactId"], again["Number2"]) == (first["ContactId"], first["Number2"])


def test_reset_touches_no_other_tenant(house: House) -> None:
    """Only the named tenant is reset, the default one if none is named."""
    house.ask("POST", TENANTS, {"tenant": "Cust777"})
    kept = house.ask("POST", "/Cust777/api/v1/Contact", {"Name": "Kept"}).value
    house.save(Name="Lost")
    assert house.ask("POST", "/_mock/reset").value["tenant"] == "Cust12345"
    assert house.ask("GET", f"/Cust777/api/v1/Contact/{kept['ContactId']}").value["Name"] == "Kept"
    assert house.ask("GET", "/api/v1/Contact/2").status == 404
    assert house.ask("POST", "/_mock/reset", {"tenant": "Cust404"}).status == 404


def test_the_journal_is_read_and_forgotten(house: House) -> None:
    """GET tells the journal of a tenant, DELETE empties it."""
    house.save(Name="Noted")
    told = house.ask("GET", "/_mock/journal?tenant=cust12345")
    assert (told.value["tenant"], len(told.value["entries"])) == ("Cust12345", 1)
    assert house.ask("DELETE", "/_mock/journal?tenant=Cust12345").status == 200
    assert house.told() == []
    assert house.ask("GET", "/_mock/journal?tenant=Cust404").status == 404


@pytest.mark.parametrize("page", ["nonsense", "", "tenants/Cust12345", "../api/v1/Contact/1", "%74enants"])
def test_an_unknown_page_is_404_and_names_those_there_are(house: House, page: str) -> None:
    """Below the prefix nothing is forwarded: what is not there is 404, with the pages there are."""
    answer = house.ask("GET", f"/_mock/{page}")
    assert (answer.status, answer.headers["Content-Type"]) == (404, JSON_TYPE)
    assert all(each in answer.value["error"] for each in ("tenants", "reset", "journal"))


@pytest.mark.parametrize(
    ("method", "page", "takes"), [("PUT", "tenants", "POST"), ("GET", "reset", "POST"), ("POST", "journal", "GET")]
)
def test_a_wrong_verb_is_405_and_names_those_there_are(house: House, method: str, page: str, takes: str) -> None:
    """A page asked with a verb it does not take says which it takes, in words and in Allow."""
    answer = house.ask(method, f"/_mock/{page}")
    assert answer.status == 405
    assert takes in answer.value["error"]
    assert takes in answer.headers["Allow"]


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"Cust1"', b"\xff", b"[" * 10_000, b"1", b'{"tenant": "\\ud800"}'])
def test_a_body_that_is_no_object_is_400(house: House, body: bytes) -> None:
    """Malformed JSON, and JSON that is no object, is 400 with a sentence."""
    answer = house.ask("POST", TENANTS, body)
    assert answer.status == 400
    assert answer.value["error"]
    assert names(house) == ["Cust12345"]


def test_a_body_without_a_media_type_is_read(house: House) -> None:
    """`curl -d` needs no header: the control surface reads JSON whatever it is called."""
    answer = house.ask("POST", TENANTS, b'{"tenant": "Cust777"}', {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.value["tenant"] == "Cust777"


def test_a_body_above_a_megabyte_is_refused(house: House) -> None:
    """Nobody sends that much to the control surface on purpose."""
    answer = house.ask("POST", TENANTS, b'{"tenant": "' + b"a" * 2**20 + b'"}')
    assert answer.status in (400, 413)
    assert "1 MiB" in answer.value["error"]


def test_no_login_is_needed(house: House) -> None:
    """The control surface is for the test, which may have no credentials at all."""
    assert house.ask("POST", TENANTS, {}, login=None).status == 201
    assert house.ask("GET", "/_mock/journal", login=None).status == 200


def test_addresses_are_those_the_client_used() -> None:
    """What is told begins with the host that the client asked for."""
    house = House()
    told = house.ask("POST", TENANTS, {}, {"Host": "double.example:8080"}).value
    assert told["url"] == f"http://double.example:8080/{told['tenant']}"
