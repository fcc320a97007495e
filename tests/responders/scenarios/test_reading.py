"""Scenarios that cannot be meant are refused, naming file, line and column, and what would have been right."""

from __future__ import annotations

import re

import pytest

from mockserver.catalogue.loading import Catalogue
from mockserver.errors import ScenarioError
from mockserver.responders.scenarios.model import Fault, Match, Rule, Scenario, told
from mockserver.responders.scenarios.naming import Naming
from mockserver.responders.scenarios.reading import decoded, read, understood


@pytest.fixture(scope="session")
def naming(catalogue: Catalogue) -> Naming:
    """The words of the shipped catalogue."""
    return Naming(catalogue)


def rule(text: str) -> str:
    """A file with one rule, which begins in line 2, column 5."""
    return f"rules:\n  - {text}\n"


SAVES = "match: {operation: SaveContactEntity}"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", "1:1", "empty"),
        ("rules: [", "1:9|2:1", "not YAML"),
        ("- 1\n", "1:1", "must be a mapping"),
        ("about: nothing\n", "1:1", "the key rules is missing"),
        ("rules: []\n", "1:1", "at least 1"),
        ("rules: [{fault: {status: 500}}]\nrulez: 1\n", "2:1", "did you mean rules?"),
        ("rules: [{fault: {status: 500}}]\nrules: [{fault: {status: 500}}]\n", "2:1", "said twice"),
        ("rules: [{fault: !!python/name:os.system {status: 500}}]\n", "1:10", "means nothing here"),
        (rule("{on: 1}"), "2:5", "does nothing"),
        (rule("{fualt: {status: 500}}"), "2:6", "did you mean fault?"),
        (rule("{fault: {staus: 500}}"), "2:14", "did you mean status?"),
        (rule("{fault: {}}"), "2:6", "must not be empty"),
        (rule("{fault: {how: rest}}"), "2:14", "did you mean reset?"),
        (rule("{fault: {delay: 31536000}}"), "2:14", "31536000 is above 3600"),
        (rule("{fault: {delay: {uniform: [3, 1]}}}"), "2:22", "least is above the most"),
        (rule("{fault: {delay: soon}}"), "2:14", 'it is "soon"'),
        (rule("{chance: 2, fault: {status: 500}}"), "2:6", "2 is above 1"),
        (rule("{chance: 0, fault: {status: 500}}"), "2:6", "0 is not above 0"),
        (rule("{on: 0, fault: {status: 500}}"), "2:6", "0 is below 1"),
        (rule("{every: 0, fault: {status: 500}}"), "2:6", "0 is below 1"),
        (rule("{on: 2, first: 1, fault: {status: 500}}"), "2:13", "contradicts on"),
        (rule("{fault: {status: '500'}}"), "2:14", "whole number"),
        (rule("{fault: {status: 99}}"), "2:14", "99 is below 200"),
        (rule("{fault: {status: 500, body: 5}}"), "2:27", "text as it is"),
        (rule("{match: {body: Name}, fault: {status: 500}}"), "2:14", "JMESPath"),
        (rule("{match: {body: {'Name[': 1}}, fault: {status: 500}}"), "2:21", "is no JMESPath"),
        (rule("{match: {operation: SaveContctEntity}, fault: {status: 500}}"), "2:14", "did you mean SaveContactEntity"),
        (rule("{match: {operation: SaveContactEntity, method: GET}, fault: {status: 500}}"), "2:44", "is called with POST"),
        (
            rule("{match: {operation: SaveContactEntity, path: /api/v1/Person/*}, fault: {status: 500}}"),
            "2:44",
            "is not a path of the operation",
        ),
        (rule("{match: {entity: Cantact}, fault: {status: 500}}"), "2:14", "no entity is named Cantact"),
        (rule("{match: {entity: Contact, verb: merge}, fault: {status: 500}}"), "2:31", "no verb merge"),
        (rule("{match: {entity: Person, operation: SaveContactEntity}, fault: {status: 500}}"), "2:30", "none of what"),
        (rule("{match: {path: api}, fault: {status: 500}}"), "2:14", "below the tenant"),
        (rule("{match: {path: /**/a/**}, fault: {status: 500}}"), "2:14", "may hold \\*\\* once"),
        (rule("{match: {state: lost}, fault: {status: 500}}"), "2:14", "named by no then"),
        (
            rule("{window: {from: '2026-03-02T00:00:00Z', until: '2026-03-01T00:00:00Z'}, fault: {how: reset}}"),
            "2:6",
            "before it begins",
        ),
        (rule("{window: {from: '2026-03-32T00:00:00Z'}, fault: {how: reset}}"), "2:15", "is no time"),
        (rule("{window: {daily: ['01:00', '01:00']}, fault: {how: reset}}"), "2:15", "no time at all"),
        (rule("{window: {after: 5, daily: ['01:00', '02:00']}, fault: {how: reset}}"), "2:6", "contradict each other"),
        (rule("{fault: {how: reset, status: 500}}"), "2:26", "nothing is sent"),
        (rule("{fault: {how: drop, cut: 5}}"), "2:25", "nothing is sent"),
        (rule("{when: after, fault: {how: drop}}"), "2:27", "does not read"),
        (rule("{match: {body: {Name: x}}, fault: {how: drop}}"), "2:40", "does not read the body"),
        (rule("{fault: {message: x}}"), "2:14", "needs error"),
        (rule("{fault: {error: SoSentryException, body: x}}"), "2:40", "contradicts error"),
        (rule("{fault: {duplicate: true, status: 500}}"), "2:14", "when: after"),
        (rule("{when: before, fault: {stale: true}}"), "2:6", "no data to read"),
        (rule("{fault: {length: 0}}"), "2:14", "no wrong length"),
        (rule("{fault: {cut: 1.5}}"), "2:14", "1.5"),
        (rule("{fault: {tenant: Suspnded}}"), "2:14", "did you mean Suspended"),
        (rule("{fault: {headers: {X: 5}}}"), "2:24", "one line of text"),
        (rule('{fault: {headers: {X: "a\\nb"}}}'), "2:24", "one line of text"),
        (rule('{fault: {headers: {"X\\r\\nY": a}}}'), "2:24", "cannot be the name of a header"),
        (rule("{fault: {headers: {content-length: '5'}}}"), "2:24", "say length"),
        (rule("{match: {operation: GetContactEntity}, fault: {bump: {Nam: x}}}"), "2:59", "no plain member Nam"),
        (rule("{fault: {bump: {Name: x}}}"), "2:14", "names an operation or an entity"),
        ("rules:\n  - {fault: {status: 500}}\n  - {on: 1, fault: {status: 503}}\n", "3:5", "can never fire"),
        (
            f"rules:\n  - {{{SAVES}, on: [1, 3], fault: {{status: 500}}}}\n  - {{{SAVES}, on: 3, fault: {{how: hang}}}}\n",
            "3:5",
            "contradicts",
        ),
        ("rules:\n  - {match: {state: start}, then: a}\n  - {match: {state: a}, then: start}\n", "2:", "for ever"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(naming: Naming, text: str, line: str, reason: str) -> None:
    """One sentence names the file, the line, the column and the reason."""
    with pytest.raises(ScenarioError, match=rf"^bad\.yaml:({line}).*({reason.replace('?', '[?]')})") as refused:
        read(text, "bad.yaml", naming)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n  - {match: {state: start}, then: a}\n  - {match: {state: a}, then: start}\nrepeats: true\n",
        "rules:\n  - {match: {state: start}, on: 1, then: a}\n  - {match: {state: a}, then: start}\n",
        "rules:\n- {match: {state: start}, then: a}\n- {match: {state: a}, then: start}\n- {match: {state: a}, on: 3, then: z}\n",
        f"rules:\n  - {{{SAVES}, on: [1, 3], fault: {{status: 500}}}}\n  - {{{SAVES}, on: 2, fault: {{how: hang}}}}\n",
        "rules:\n  - {chance: 0.5, fault: {status: 500}}\n  - {fault: {how: hang}}\n",
    ],
    ids=["a round that is meant", "a round that runs out", "a round with a way out", "two counts", "chance, then the rest"],
)
def test_what_can_be_meant_is_taken(naming: Naming, text: str) -> None:
    """The checks refuse only what makes no sense."""
    assert read(text, "good.yaml", naming).rules


def test_aliases_cannot_make_a_file_endless(naming: Naming) -> None:
    """Neither an alias to itself nor a tower of aliases is walked to its end."""
    tower = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    for text in ("rules: &a [*a]\n", f"a0: &a0 [1]\n{tower}"):
        with pytest.raises(ScenarioError, match=r"too large or too deep|unknown key"):
            read(text, "bad.yaml", naming)


def test_a_file_that_is_no_text_is_refused() -> None:
    """Bytes that are not UTF-8 are refused with their line, and so is what is far too large."""
    with pytest.raises(ScenarioError, match=r"^bad\.yaml:2: this is not UTF-8"):
        decoded(b"rules:\n\xff", "bad.yaml")
    with pytest.raises(ScenarioError, match="above 1 MiB"):
        decoded(b" " * (2**20 + 1), "bad.yaml")


def test_python_says_the_same_as_a_file(naming: Naming) -> None:
    """The dataclasses and the YAML of the same words are equal."""
    said = Scenario(
        scenario="same",
        seed=3,
        rules=[
            Rule(
                match=Match(operation="SaveContactEntity", body={"Name": "A"}), on=[1, 3], when="after", fault=Fault(how="reset")
            )
        ],
    )
    text = (
        "scenario: same\nseed: 3\nrules:\n- match: {operation: SaveContactEntity, body: {Name: A}}\n"
        "  on: [1, 3]\n  when: after\n  fault: {how: reset}\n"
    )
    assert told(understood(said, naming)) == told(read(text, "same.yaml", naming))


def test_a_mistake_in_python_names_its_place(naming: Naming) -> None:
    """Without a file the path into the value says where."""
    with pytest.raises(ScenarioError, match=re.escape("scenario: rules[0].chance: 2 is above 1")):
        understood(Scenario(rules=[Rule(chance=2, fault=Fault(status=500))]), naming)


@pytest.mark.parametrize("delay", [float("nan"), float("inf"), float("-inf")])
def test_no_delay_is_endless_or_nothing_at_all(naming: Naming, delay: float) -> None:
    """Python has numbers that no file can say."""
    with pytest.raises(ScenarioError, match=r"rules\[0\]\.fault\.delay"):
        understood(Scenario(rules=[Rule(fault=Fault(delay=delay))]), naming)


@pytest.mark.parametrize(("text", "meant"), [("no", "no"), ("yes", "yes"), ("1:30", "1:30"), ("2026-03-01", "2026-03-01")])
def test_words_that_old_yaml_mistakes_are_texts(naming: Naming, text: str, meant: str) -> None:
    """`no` is a language and `on` is a key, as in YAML 1.2."""
    scenario = read(rule(f"{{match: {{headers: {{SO-Language: {text}}}}}, on: 1, fault: {{status: 500}}}}"), "x.yaml", naming)
    assert scenario.rules[0].match.headers == {"SO-Language": meant}
    assert scenario.rules[0].on == 1
