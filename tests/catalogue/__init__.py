"""Tests of what exists: the catalogue, its loading, routes and shapes."""
