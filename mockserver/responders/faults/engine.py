"""Scenarios at work: which tenant suffers from what, and what a rule that fires makes of a request.

Must not know the socket: how an answer travels is data on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from mockserver.catalogue.routing import split_tenant
from mockserver.messages import Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders import Respond
from mockserver.responders.faults import acting
from mockserver.responders.faults.answering import Answers
from mockserver.responders.faults.asking import Asked, Desk
from mockserver.responders.faults.forwarding import History, stale, twice, undone
from mockserver.responders.faults.spoiling import spoilt
from mockserver.responders.scenarios.files import ScenarioFile
from mockserver.responders.scenarios.model import Fault, Scenario
from mockserver.responders.scenarios.naming import Naming
from mockserver.responders.scenarios.reading import understood
from mockserver.responders.scenarios.running import RuleRun, Run
from mockserver.settings import Settings


@dataclass(slots=True)
class _Loaded:
    """What one tenant has to suffer: it goes when the tenant goes or is made fresh."""

    tenant: Tenant
    runs: list[Run] = field(default_factory=list)
    history: History | None = None


class Engine:
    """Scenarios: those of the server, which every tenant has for itself, and those of one tenant."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings = settings
        self._tenants = tenants
        self._files = [ScenarioFile(name.strip(), self.naming) for name in settings.scenario.split(",") if name.strip()]
        self._loaded: dict[str, _Loaded] = {}
        self.busy = bool(self._files)

    @cached_property
    def naming(self) -> Naming:
        """The words of rules."""
        return Naming(self._tenants.catalogue)

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._settings, self._tenants)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._settings, self._desk.negotiator)

    # --- loading

    def load(self, tenant: Tenant, said: object, name: str = "scenario") -> Run:
        """Add a scenario to a tenant's; a mapping, or a `Scenario`, a name or a path. Raises `ScenarioError`."""
        if isinstance(said, str):
            file: ScenarioFile | None = ScenarioFile(said, self.naming)
            scenario = file.scenario() if file else None
        else:
            file, scenario = None, understood(said, self.naming, name)
        assert isinstance(scenario, Scenario)
        run = Run(scenario, tenant, self.naming, file)
        self._keep(tenant, [*self.runs(tenant), run])
        return run

    def replace(self, tenant: Tenant, said: object) -> Run:
        """A scenario in place of all that the tenant has, those of the server too; raises `ScenarioError`."""
        run = Run(understood(said, self.naming), tenant, self.naming)
        self._keep(tenant, [run])
        return run

    def unload(self, tenant: Tenant, run: Run | None = None) -> None:
        """Take one of a tenant's scenarios away, or all; the server's own come back when the tenant is made fresh."""
        self._keep(tenant, [each for each in self.runs(tenant) if run is not None and each is not run])

    def _keep(self, tenant: Tenant, runs: list[Run]) -> None:
        self._loaded = {name: each for name, each in self._loaded.items() if self._tenants.find(name) is each.tenant}
        if runs or self._files:
            changes = max((each.oldest for each in runs), default=0)
            history = History(tenant.store, changes) if changes else None
            self._loaded[tenant.name] = _Loaded(tenant, runs, history)
        else:
            self._loaded.pop(tenant.name, None)
        self.busy = bool(self._files or self._loaded)

    def runs(self, tenant: Tenant) -> list[Run]:
        """The scenarios of a tenant, as they are now."""
        return list(self._of(tenant).runs)

    def report(self, tenant: str | None = None) -> list[str]:
        """What came of a tenant's scenarios, or of those of all tenants, line by line."""
        known = [self._tenants.find(each) for each in ([tenant] if tenant is not None else list(self._loaded))]
        return [line for each in known if each is not None for run in self.runs(each) for line in run.report()]

    def _of(self, tenant: Tenant) -> _Loaded:
        loaded = self._loaded.get(tenant.name)
        if loaded is None or loaded.tenant is not tenant:
            self._keep(tenant, [Run(each.scenario(), tenant, self.naming, each) for each in self._files])
            return self._loaded.get(tenant.name) or _Loaded(tenant)
        runs = [self._current(run) for run in loaded.runs]
        if runs != loaded.runs:
            self._keep(tenant, runs)
            return self._loaded[tenant.name]
        return loaded

    def _current(self, run: Run) -> Run:
        """The same, or a fresh one if its file says something else now."""
        if run.file is None:
            return run
        scenario = run.file.scenario()
        return run if scenario is run.scenario else Run(scenario, run.tenant, self.naming, run.file)

    # --- answering

    async def answer(self, request: Request, forward: Respond) -> Response:
        """Let it go wrong if a rule says so, else forward."""
        tenant = self._tenant(request.path)
        loaded = None if tenant is None else self._of(tenant)
        if tenant is None or loaded is None or not loaded.runs:
            return await forward(request)
        if loaded.history is not None:
            loaded.history.look()
        asked = Asked(request, tenant, self._desk)
        remarks = [run.file.trouble for run in loaded.runs if run.file is not None and run.file.trouble]
        fires: tuple[Run, RuleRun] | None = None
        for run in tuple(loaded.runs):
            verdict = await run.verdict(asked)
            remarks += verdict.remarks
            if fires is None and verdict.fires is not None:
                fires = run, verdict.fires
        if fires is None:
            return _remarked(await forward(request), remarks)
        run, rule = fires
        response, more = await self._suffered(rule, asked, loaded, forward)
        account = response.account._replace(by="faults", tenant=tenant.name, operation=asked.operation)
        return _remarked(replace(response, account=account), [run.happened(rule), *more, *remarks])

    def _tenant(self, path: str) -> Tenant | None:
        name = split_tenant(path)[0]
        return self._tenants.found(name)

    async def _suffered(self, rule: RuleRun, asked: Asked, loaded: _Loaded, forward: Respond) -> tuple[Response, list[str]]:
        """The answer that a rule makes of a request, and what there is to remark."""
        fault, before = rule.rule.fault, rule.rule.happens == "before"
        assert fault is not None
        request, remarks = asked.request, await self._act(fault, asked) if before else []
        if before and fault.answers:
            response = self._answers.of(fault, request, asked.known.clock)
        elif before and fault.spoils:
            response = await undone(request, forward, asked.known.store)
        else:
            response = await self._forwarded(fault, request, loaded, forward)
            if fault.answers and not fault.silent:  # of what is lost on the way the journal keeps what it would have been
                response = replace(self._answers.of(fault, request, asked.known.clock), account=response.account)
        if not before:
            remarks = await self._act(fault, asked)
        if isinstance(response.body, bytes):
            response = spoilt(response, fault, rule.counter.fired, rule.spread)
        else:
            remarks.append("an answer that streams through is left as it is")
        return response, remarks

    @staticmethod
    async def _forwarded(fault: Fault, request: Request, loaded: _Loaded, forward: Respond) -> Response:
        if fault.duplicate:
            return await twice(request, forward)
        if fault.stale is not None and loaded.history is not None:
            return await stale(request, forward, loaded.tenant.store, loaded.history.before(int(fault.stale)))
        return await forward(request)

    async def _act(self, fault: Fault, asked: Asked) -> list[str]:
        remarks = []
        tenant = asked.known
        if fault.token is not None:
            remarks.append(acting.expire(tenant, asked.credential))
        if fault.bump is not None:
            remarks.append(await self._bump(fault, asked))
        acting.steer(tenant, fault)
        return [each for each in remarks if each]

    async def _bump(self, fault: Fault, asked: Asked) -> str:
        binding = self._tenants.catalogue.bindings.get(asked.operation)
        if binding is None or asked.routed is None:
            return "the request is about no record that somebody else could have changed"
        entity = self._tenants.catalogue.entities[binding.entity]
        key = acting.key_of(asked.routed[0], asked.arguments(), await asked.value(), entity.key)
        return acting.bump(asked.known, self._tenants, binding.entity, key, fault.bump)


def _remarked(response: Response, remarks: Iterable[str]) -> Response:
    """The answer with our remarks in the journal, after those it has."""
    said = [each for each in (response.account.explanation, *remarks) if each]
    text = "; ".join(said)
    if text == response.account.explanation:
        return response
    return replace(response, account=response.account._replace(explanation=text))
