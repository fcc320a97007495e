"""What still looks like somebody's, and what only looks odd."""

from __future__ import annotations

import pytest

from mockserver.responders.scan import looks_like


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("write to ola@firma.no", "an e-mail address"),
        ("call +47 22 51 80 00", "a phone number"),
        ("call 0047 22518000 now", "a phone number"),
        ("key 9fQ2xLr7TzPw4BvKc8NmYh3DsAeUg6Jo", "a credential"),
        ("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c", "a credential"),
    ],
)
def test_what_looks_like_something_is_found(text: str, what: str) -> None:
    """The kind is named."""
    assert looks_like(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00",
        "ola.3f2a@firma-91b2.example",
        "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "/api/v1/Agents/Contact/CreateDefaultContactEntity",
        "GetAppointmentRecordFromDocument",
        "Bearer 8A:Cust17814.REDACTED-7f846033d437",
        "eyJhbGciOiJub25lIn0.eyJyZWRhY3RlZCI6IjdmODQ2MDMzZDQzNyJ9.REDACTED",
        "application/json; charset=utf-8",
        "Select, Insert, Update, Delete",
    ],
)
def test_what_is_nobodys_passes(text: str) -> None:
    """Dates, stand-ins, ids and names of the API."""
    assert looks_like(text) is None
