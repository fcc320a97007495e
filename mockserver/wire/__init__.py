"""How the API is spoken: bytes ↔ values, headers ↔ meaning. Must not know rows, tenants or who answers."""
