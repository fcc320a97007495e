"""What a client must be told to reach a tenant: addresses and credentials, as values and as `SUPEROFFICE_*` variables.

One place for the fixture, the command line and the control surface. Must not know how credentials are checked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mockserver.settings import Settings

_FILES = ("private_key_file", "ca_file")


def origin_at(host: str, port: int, *, tls: bool = False) -> str:
    """The address of a server that listens there, without tenant."""
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


@dataclass(frozen=True, slots=True)
class Access:
    """One tenant's door. `url` goes up to and with the tenant, `api_url` adds `/api`, `login_url` is the origin.

    The files are on the machine of the double, "" where they are not needed or not known; what is "" is not told.
    """

    tenant: str
    url: str
    api_url: str
    login_url: str
    user: str
    password: str
    access_token: str
    ticket: str
    app_token: str
    client_id: str
    client_secret: str
    redirect_uri: str
    auth_code: str
    refresh_token: str
    system_token: str
    private_key_file: str = ""
    ca_file: str = ""

    @classmethod
    def to(cls, tenant: str, origin: str, settings: Settings, ca_file: str = "") -> Access:
        """The door of a tenant on a server at this origin."""
        url = f"{origin}/{tenant}"
        return cls(
            tenant=tenant,
            url=url,
            api_url=f"{url}/api",
            login_url=origin,
            user=settings.user,
            password=settings.password,
            access_token=settings.access_token.format(tenant=tenant),
            ticket=settings.ticket.format(tenant=tenant),
            app_token=settings.app_token,
            client_id=settings.client_id,
            client_secret=settings.app_token,
            redirect_uri=settings.redirect_uri.split()[0],
            auth_code=settings.auth_code.format(tenant=tenant),
            refresh_token=settings.refresh_token.format(tenant=tenant),
            system_token=settings.system_token.format(tenant=tenant),
            ca_file=ca_file,
        )

    def env(self) -> dict[str, str]:
        """Variables that a client in any language can load."""
        return {f"SUPEROFFICE_{name.upper()}": value for name, value in self.told().items()}

    def told(self) -> dict[str, str]:
        """The same as JSON members."""
        return {name: value for name, value in asdict(self).items() if value or name not in _FILES}
