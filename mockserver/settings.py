"""One frozen value with every setting, and the only reader of the environment and the project file.

Order, the later winning: defaults, `[tool.mockserver]` in `pyproject.toml`, `MOCKSERVER_*`, the command line or the
caller's own keywords. A bad value raises `SettingsError` and names its source. Must not know what the settings do.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mockserver.errors import SettingsError

_MIB = 2**20
_CHOICES = {
    "unknown_id": ("create", "refuse"),
    "patch_answers": ("patch", "entity"),
    "remove_missing": ("by_dialect", "ignore", "refuse"),
    "agent_without_entity": ("bad_request", "server_error"),
    "error_text": ("ErrorMessage", "both"),
    "installation": ("any", "online", "onsite"),
    "id_token_iat": ("number", "text"),
    "consent": ("at_once", "page"),
    "tenants": ("declared", "first_use"),
    "retry_after": ("seconds", "date", "none"),
}


def _setting(default: object, says: str) -> Any:  # noqa: ANN401 - a dataclass field, typed where it stands
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be chosen; texts may hold `{tenant}`, which stands for the tenant's name."""

    tenant: str = _setting("Cust12345", "the default tenant: `Cust` and digits")
    user: str = _setting("tje0", "login of the default user")
    password: str = _setting("Tje0", "password of the default user")
    access_token: str = _setting("8A:{tenant}.AccessTokenOfTheDouble", "the bearer token that is always accepted")
    ticket: str = _setting("7T:{tenant}.TicketOfTheDouble", "the ticket that is always accepted")
    app_token: str = _setting("AppTokenOfTheDouble", "the application token, which is also the client secret")
    client_id: str = _setting("ClientOfTheDouble", "the application's client id")
    redirect_uri: str = _setting("http://127.0.0.1/callback", "where sign-ins may end, separated by blanks; any port on loopback")
    auth_code: str = _setting("{tenant}-CodeOfTheDouble", "an authorization code that waits for its one use")
    refresh_token: str = _setting("{tenant}-RefreshTokenOfTheDouble", "a refresh token that is accepted until it is revoked")
    system_token: str = _setting("Double-{tenant}", "the token of the tenant's system user")
    private_key_file: str = _setting("", "PEM file of the application's private key; empty: the double makes one")
    installation: str = _setting("any", "which credentials are taken: `any`, those of `online` or those of `onsite`")
    id_token_iat: str = _setting("number", "how an id token says when it was issued: as a `number` or as `text`")
    consent: str = _setting("at_once", "how a sign-in is consented to: `at_once` or on a `page`")
    tenants: str = _setting("declared", "which tenants there are: those `declared`, or any on `first_use`")
    calls_per_second: int = _setting(0, "calls of a tenant per second above which the answer is 429; 0 never")
    throttle_window: int = _setting(1, "seconds over which those calls are counted")
    retry_after: str = _setting("seconds", "what a 429 says of when to come back: `seconds`, a `date` or `none`")
    body_limit: int = _setting(30 * _MIB, "bytes of a request body above which the answer is 413")
    journal_limit: int = _setting(1000, "requests that the journal of a tenant keeps")
    unknown_id: str = _setting("create", "what an agent's save does with an unknown id: `create` a new row or `refuse`")
    remove_missing: str = _setting(
        "by_dialect",
        "deleting a missing id: 404 from REST and 204 from agents (`by_dialect`), 204 from both (`ignore`) or 404 (`refuse`)",
    )
    agent_without_entity: str = _setting(
        "bad_request", "an agent's answer to a body it cannot read or lacks: 400 (`bad_request`) or 500 (`server_error`)"
    )
    error_text: str = _setting(
        "ErrorMessage", "where the error object has its text: in `ErrorMessage`, or in `both`, that and `Message`"
    )
    patch_answers: str = _setting("patch", "what an Accept of a patch type gets: a `patch`, or the whole `entity`")
    xml_namespace: bool = _setting(False, "whether XML answers carry the Services88 namespace")
    gzip: bool = _setting(True, "whether answers are compressed for clients that accept gzip")
    cors_origin: str = _setting("*", "origins that browsers may call from, separated by blanks; empty switches CORS off")
    netserver_version: str = _setting("10.1.1.0", "the version that answers name themselves with")
    scenario: str = _setting("", "scenarios that every tenant lives under: names or paths, separated by commas")
    redaction_key_file: str = _setting(
        "", "file of the key that stand-ins depend on; empty: one in the user's configuration folder"
    )
    shaped: bool = _setting(True, "whether operations without behaviour answer with an empty carrier (else 501)")

    def __post_init__(self) -> None:
        if not (self.tenant.startswith("Cust") and self.tenant[4:].isdecimal() and self.tenant.isascii()):
            raise SettingsError(f"tenant must be `Cust` and digits, such as Cust12345; it is {self.tenant!r}")
        for name in ("body_limit", "journal_limit", "throttle_window"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be 1 or more; it is {getattr(self, name)}")
        if self.calls_per_second < 0:
            raise SettingsError(f"calls_per_second must be 0 or more; it is {self.calls_per_second}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingsError(f"{name} must be {' or '.join(choices)}; it is {getattr(self, name)!r}")
        if not self.redirect_uri.split():
            raise SettingsError("redirect_uri must name at least one address")
        if ":" in self.user or not self.user:
            raise SettingsError("user must not be empty or hold a colon, which Basic authentication cannot carry")
        for name in ("access_token", "ticket", "auth_code", "refresh_token", "system_token"):
            try:
                getattr(self, name).format(tenant=self.tenant)
            except (LookupError, ValueError, AttributeError):
                raise SettingsError(f"{name} may hold {{tenant}} and no other brace; it is {getattr(self, name)!r}") from None

    @classmethod
    def read(cls, *, project: Path | None = None, environment: Mapping[str, str] | None = None, **chosen: object) -> Settings:
        """The settings in force for this process; `chosen` wins over all, keywords that are None count as not given."""
        project = project or Path("pyproject.toml")
        environment = os.environ if environment is None else environment
        values: dict[str, object] = {}
        for source, given in (
            (f"[tool.mockserver] in {project.name}", _project(project)),
            ("the environment", _environment(environment)),
            ("the caller", {name: value for name, value in chosen.items() if value is not None}),
        ):
            values |= {name: _fitted(name, value, source) for name, value in given.items()}
            try:
                known = cls(**values)  # type: ignore[arg-type] # each value was fitted to its field's type
            except SettingsError as error:
                raise SettingsError(f"{source}: {error}") from None
        return known


_TYPES = {each.name: type(each.default) for each in fields(Settings)}


def _project(path: Path) -> Mapping[str, object]:
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {})
        table = tool.get("mockserver", {}) if isinstance(tool, dict) else tool
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    if not isinstance(table, dict):
        raise SettingsError(f"[tool.mockserver] in {path.name} must be a table")
    return {name.replace("-", "_"): value for name, value in table.items()}


def _environment(environment: Mapping[str, str]) -> Mapping[str, object]:
    prefix = "MOCKSERVER_"
    return {name[len(prefix) :].lower(): value for name, value in environment.items() if name.startswith(prefix)}


def _fitted(name: str, value: object, source: str) -> object:
    kind = _TYPES.get(name)
    if kind is None:
        raise SettingsError(f"{source} sets {name}, which is no setting; known are {', '.join(sorted(_TYPES))}")
    if type(value) is kind:
        return value
    if isinstance(value, str) and kind is int and value.strip().isdecimal():
        return int(value)
    if isinstance(value, str) and kind is bool and value.strip().lower() in _SWITCH:
        return _SWITCH[value.strip().lower()]
    raise SettingsError(f"{source} sets {name} to {value!r}, which is not {_ARTICLES[kind]}")


_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_ARTICLES = {str: "text", int: "a whole number", bool: "true or false"}
