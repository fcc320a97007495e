"""Journeys of client programs, each one unchanged, against the running mock server."""
