"""What the client tests use of the `superoffice` fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Contacts(Protocol):
    """The contacts that a tenant has in store."""

    def add(self, **members: object) -> Mapping[str, Any]:
        """Store a contact with these members."""

    def __getitem__(self, contact_id: int) -> Mapping[str, Any]:
        """Get the contact with this id."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the contacts."""


class Tenant(Protocol):
    """A fresh tenant on a running server."""

    @property
    def url(self) -> str:
        """The address of the tenant, without /api."""

    @property
    def api_url(self) -> str:
        """The address of the tenant's API, with /api."""

    @property
    def user(self) -> str:
        """The name of the user who may sign in."""

    @property
    def password(self) -> str:
        """The password of the user."""

    @property
    def token(self) -> str:
        """An access token that the tenant accepts."""

    @property
    def contacts(self) -> Contacts:
        """The contacts that the tenant has in store."""

    def env(self) -> dict[str, str]:
        """All addresses and credentials as environment variables."""
