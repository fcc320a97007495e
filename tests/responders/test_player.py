"""The player: who gets which recording, in which order, and what is said where there is none."""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable, Sequence

import pytest
from multidict import CIMultiDict

from mockserver.catalogue.loading import Catalogue
from mockserver.messages import Account, Body, Request, Response
from mockserver.responders.cassettes import PSEUDONYMISED, Interaction
from mockserver.responders.player import Player

HOST = "https://tenant.example/Cust777"
GET = "/api/v1/Contact/5"
SAVE = "/api/v1/Agents/Contact/SaveContactEntity"
Ask = Callable[..., Awaitable[Response]]


def recorded(method: str, path: str, answer: str, body: bytes = b"", marks: Sequence[str] = ()) -> Interaction:
    """A recording below the tenant."""
    label = (("Content-Type", "application/json"),)
    meta = {PSEUDONYMISED: list(marks)} if marks else {}
    return Interaction(method, HOST + path, label if body else (), body, 200, "OK", label, answer.encode(), meta)


async def _beyond(request: Request) -> Response:
    return Response(299, account=Account("beyond", explanation="who knows"))


@pytest.fixture
def declared() -> dict[str, object]:
    """The tenants there are, each an object of its own; one that is reset is another object."""
    return {"Cust12345": object(), "Cust2": object()}


@pytest.fixture
def playing(catalogue: Catalogue, declared: dict[str, object]) -> Callable[..., Ask]:
    """A player of some recordings, ready to be asked; `refuses` puts its refusal at the end of the chain."""

    def made(*interactions: Interaction, refuses: bool = False, **options: object) -> Ask:
        player = Player(
            {"a.yaml": interactions},
            catalogue,
            tenant="Cust12345",
            known=declared.get,
            **options,  # type: ignore[arg-type]
        )

        async def asked(method: str, path: str, body: bytes = b"", query: str = "", label: str = "application/json") -> Response:
            headers = CIMultiDict({"Host": "localhost", "Content-Type": label})
            return await player(Request(method, path, query, headers, Body(body)), player.refuse if refuses else _beyond)

        return asked

    return made


def body_of(response: Response) -> bytes:
    """The bytes of an answer."""
    assert isinstance(response.body, bytes)
    return response.body


async def test_a_recording_answers_whoever_asks(playing: Callable[..., Ask]) -> None:
    """Without credentials, in another letter case, for a tenant nobody recorded; the account says who answered."""
    ask = playing(recorded("GET", GET, "one"))
    response = await ask("GET", "/Cust12345/API/v1/contact/5")
    assert (response.status, response.body) == (200, b"one")
    assert response.account == Account("player", "Cust12345", "v1ContactEntity_GetContactEntity", "recorded")
    assert body_of(await ask("GET", "/Cust99/api/v1/Contact/5")) == b"one"
    assert (await ask("GET", "/Cust99/api/v1/Contact/5")).account.by == "beyond"


async def test_repeated_requests_get_the_answers_in_turn(playing: Callable[..., Ask]) -> None:
    """In the order of the recording, whatever was asked in between; after the last there is none, as in vcrpy."""
    ask = playing(recorded("GET", GET, "one"), recorded("GET", "/api/v1/Contact/6", "six"), recorded("GET", GET, "two"))
    assert body_of(await ask("GET", GET)) == b"one"
    assert body_of(await ask("GET", "/api/v1/Contact/6")) == b"six"
    assert body_of(await ask("GET", GET)) == b"two"
    assert (await ask("GET", GET)).status == 299


async def test_with_repeats_the_last_answer_stays(playing: Callable[..., Ask]) -> None:
    """`allow_playback_repeats`: in turn first, the last one from then on."""
    ask = playing(recorded("GET", GET, "one"), recorded("GET", GET, "two"), repeats=True)
    assert [body_of(await ask("GET", GET)) for _ in range(4)] == [b"one", b"two", b"two", b"two"]


async def test_each_tenant_hears_all_from_the_start(playing: Callable[..., Ask], declared: dict[str, object]) -> None:
    """Two tenants do not take answers from each other, and one that was reset begins again."""
    ask = playing(recorded("GET", GET, "one"), recorded("GET", GET, "two"))
    assert body_of(await ask("GET", GET)) == b"one"
    assert body_of(await ask("GET", "/Cust2" + GET)) == b"one"
    assert body_of(await ask("GET", "/Cust12345" + GET)) == b"two"
    declared["Cust12345"] = object()
    assert body_of(await ask("GET", GET)) == b"one"
    assert body_of(await ask("GET", "/cust2" + GET)) == b"two"


async def test_bodies_are_told_apart_by_meaning(playing: Callable[..., Ask]) -> None:
    """Each body has its answer, in any spelling."""
    ask = playing(recorded("POST", SAVE, "one", b'{"a":1,"b":2}'), recorded("POST", SAVE, "two", b'{"a":2,"b":2}'))
    assert body_of(await ask("POST", SAVE, b'{"b": 2, "a": 2}')) == b"two"
    assert body_of(await ask("POST", SAVE, b'{"b": 2, "a": 1}')) == b"one"
    assert (await ask("POST", SAVE, b'{"b": 2, "a": 3}')).status == 299


@pytest.mark.parametrize("unpacked", [True, False], ids=["unpacked by the transport", "as it was sent"])
async def test_a_compressed_request_is_what_is_in_it(catalogue: Catalogue, *, unpacked: bool) -> None:
    """A client that compresses its bodies finds what one that does not has recorded, and the other way about."""
    packed = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    plain = recorded("POST", SAVE, "plain", b'{"a":1}')
    small = Interaction("POST", HOST + SAVE, packed, gzip.compress(b'{"a":2}'), 200, "OK", (), b"packed")
    player = Player({"a.yaml": [plain, small]}, catalogue, tenant="Cust12345", known=lambda name: None)
    for content, answer in ((b'{"a": 1}', b"plain"), (b'{"a": 2}', b"packed")):
        body = Body(content if unpacked else gzip.compress(content))
        assert (await player(Request("POST", SAVE, "", CIMultiDict(packed), body), _beyond)).body == answer


async def test_a_client_that_sends_a_password_where_none_was_kept(playing: Callable[..., Ask]) -> None:
    """A filter may have removed a member from the recording: the request still finds it."""
    ask = playing(recorded("POST", SAVE, "one", b'{"a":1}'), repeats=True)
    assert body_of(await ask("POST", SAVE, b'{"a":1}')) == b"one"
    assert body_of(await ask("POST", SAVE, b'{"a":1,"Password":"x"}')) == b"one"
    assert (await ask("POST", SAVE, b'{"a":1,"b":"x"}')).status == 299


async def test_pseudonymised_members_do_not_keep_a_client_from_its_own_journey(playing: Callable[..., Ask]) -> None:
    """The recording holds a stand-in, the client sends the person."""
    ask = playing(recorded("POST", SAVE, "one", b'{"Name":"Stand-in","Id":1}', ["Name"]))
    assert (await ask("POST", SAVE, b'{"Name":"Kari","Id":2}')).status == 299
    assert body_of(await ask("POST", SAVE, b'{"Name":"Kari","Id":1}')) == b"one"


async def test_matchers_are_chosen(playing: Callable[..., Ask]) -> None:
    """Without `body` any body will do, without `method` any method."""
    ask = playing(recorded("POST", SAVE, "one", b"{}"), match_on=("path",), repeats=True)
    assert body_of(await ask("PUT", SAVE, b'{"x":1}', query="a=1")) == b"one"


async def test_what_was_not_recorded_goes_on(playing: Callable[..., Ask]) -> None:
    """The journal says so beside what the next one says."""
    response = await playing()("GET", GET)
    assert response.account.explanation == "not recorded; who knows"


async def test_a_refusal_names_operation_nearest_and_difference(playing: Callable[..., Ask]) -> None:
    """A 4xx that no client can take for the service's, as JSON and in the explanation."""
    ask = playing(
        recorded("POST", SAVE, "one", b'{"ContactId":1,"Name":"A","Emails":[{"Value":"x"}]}'),
        recorded("POST", SAVE, "two", b'{"ContactId":2,"Name":"B","Emails":[{"Value":"x"}]}'),
        refuses=True,
    )
    response = await ask("POST", "/Cust12345" + SAVE, b'{"ContactId":2,"Name":"B","Emails":[{"Value":"y"}]}')
    told = json.loads(body_of(response))
    assert 400 <= response.status < 500
    assert told["Operation"] == "v1ContactAgent_SaveContactEntity"
    assert told["Nearest"] == {"Cassette": "a.yaml", "Number": 2, "Recorded": f"POST /Cust777{SAVE}"}
    assert told["Differs"] == ["body.Emails[0].Value: recorded 'x', asked 'y'"]
    assert "v1ContactAgent_SaveContactEntity" in told["Message"]
    assert response.headers["X-Mock-Explanation"] == response.account.explanation
    assert response.account.by == "player"


@pytest.mark.parametrize(
    ("method", "path", "query", "differs"),
    [
        ("GET", "/api/v1/Contact/6", "", "path: recorded /api/v1/contact/5, asked /api/v1/contact/6"),
        ("DELETE", GET, "", "method: recorded GET, asked DELETE"),
        ("GET", GET, "$select=name", "query $select: recorded without it, asked 'name'"),
    ],
)
async def test_a_refusal_says_what_differs(playing: Callable[..., Ask], method: str, path: str, query: str, differs: str) -> None:
    """The one part that keeps the recording from answering."""
    ask = playing(recorded("GET", GET, "one"), recorded("POST", SAVE, "two", b"{}"), refuses=True)
    assert json.loads(body_of(await ask(method, path, query=query)))["Differs"] == [differs]


async def test_a_refusal_says_when_all_has_been_played(playing: Callable[..., Ask]) -> None:
    """Nothing differs: the answer was given, and how to get it again is said."""
    ask = playing(recorded("GET", GET, "one"), refuses=True)
    assert (await ask("GET", GET)).status == 200
    told = json.loads(body_of(await ask("GET", GET)))
    assert told["Differs"] == []
    assert "--allow-playback-repeats" in told["Message"]


@pytest.mark.parametrize("recordings", [0, 1])
async def test_a_refusal_of_what_is_no_operation(playing: Callable[..., Ask], recordings: int) -> None:
    """An unknown path, with and without anything to compare it to."""
    ask = playing(*[recorded("GET", GET, "one")] * recordings, refuses=True)
    told = json.loads(body_of(await ask("GET", "/nonsense")))
    assert told["Operation"] is None


async def test_a_refusal_tells_no_credentials(playing: Callable[..., Ask]) -> None:
    """Neither those that were sent nor those that somebody recorded, in body or query."""
    ask = playing(recorded("POST", f"{SAVE}?access_token=s3cr3t", "one", b'{"Ticket":"s3cr3t","a":1}'), refuses=True)
    response = await ask("POST", SAVE, b'{"Ticket":"s3cr3t2","a":2}', query="so_ticket=s3cr3t3")
    assert json.loads(body_of(response))["Differs"] == ["body.a: recorded 1, asked 2"]
    assert b"s3cr3t" not in body_of(response)
    assert "s3cr3t" not in str(response.headers)


async def test_finding_a_recording_does_not_walk_the_cassette(catalogue: Catalogue) -> None:
    """Ten thousand recordings of one operation, and no key is compared with any but its equal."""
    count = 10_000
    player = Player(
        {"a.yaml": [recorded("POST", SAVE, str(n), b'{"a":%d}' % n) for n in range(count)]},
        catalogue,
        tenant="Cust12345",
        known=lambda name: None,
    )
    (shelf,) = player._shelves.values()
    assert len(shelf.queues) == count
    assert all(len(queue) == 1 for queue in shelf.queues.values())
    asked = Request("POST", SAVE, "", CIMultiDict({"Content-Type": "application/json"}), Body(b'{"a": 9999}'))
    assert (await player(asked, _beyond)).body == b"9999"
