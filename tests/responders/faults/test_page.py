"""`/_mock/scenario`: the scenarios of a tenant, told, replaced and taken away."""

from __future__ import annotations

from tests.responders.stage import NAME, Stage, value

PAGE = f"/_mock/scenario?tenant={NAME}"
RULES = [{"match": {"operation": "SaveContactEntity"}, "on": 1, "when": "after", "fault": {"how": "reset"}}]


def test_a_scenario_is_put_told_and_deleted() -> None:
    """What was put comes back with its state and its counters; DELETE leaves nothing."""
    stage = Stage()
    assert value(stage.ask("GET", PAGE)) == {"tenant": NAME, "scenarios": [], "report": []}
    put = stage.ask("PUT", PAGE, {"scenario": "mine", "seed": 2, "rules": RULES})
    assert put.status == 200
    assert stage.save(Name="A").delivery.ending == "reset"
    told = value(stage.ask("GET", PAGE))
    (scenario,) = told["scenarios"]
    assert scenario["definition"] == {"scenario": "mine", "seed": 2, "rules": RULES}
    assert scenario["state"] == "start"
    assert scenario["rules"][0] | {"nearest": ""} == {"name": "rules[0]", "matched": 1, "fired": 1, "nearest": ""}
    assert told["report"][0] == "scenario mine: rule rules[0] fired once, on 1 matching requests"
    assert told["report"][-1].startswith("reproduce: scenario mine")
    assert value(stage.ask("DELETE", PAGE))["scenarios"] == []
    assert stage.save(Name="A").delivery.ending == "keep"


def test_put_replaces_all_there_is_and_a_bad_one_nothing() -> None:
    """Those of the server, too; a scenario that makes no sense is 400 with the reason, and the old one stays."""
    stage = Stage(scenario="lost-reply")
    assert stage.ask("PUT", PAGE, {"rules": [{"fault": {"status": 502}}]}).status == 200
    assert stage.save(Name="A").status == 502
    bad = stage.ask("PUT", PAGE, {"rules": [{"fault": {"status": 502}, "chance": 2}]})
    assert bad.status == 400
    assert value(bad) == {"error": "scenario: rules[0].chance: 2 is above 1"}
    assert stage.save(Name="A").status == 502
    stage.ask("DELETE", PAGE)
    assert stage.save(Name="A").status == 200
    stage.ask("POST", "/_mock/reset", {"tenant": NAME})
    assert stage.save(Name="A").delivery.ending == "reset"


def test_another_tenant_is_named() -> None:
    """The scenario is that of the tenant in the query, and an unknown tenant is 404."""
    stage = Stage()
    stage.parts.tenants.declare("Cust2")
    assert stage.ask("PUT", "/_mock/scenario?tenant=Cust2", {"rules": [{"fault": {"status": 502}}]}).status == 200
    assert stage.save(Name="A").status == 200
    assert stage.ask("GET", "/Cust2/api/v1/Contact/1").status == 502
    assert stage.ask("GET", "/_mock/scenario?tenant=Cust3").status == 404
    assert stage.ask("POST", PAGE, {}).status == 405
