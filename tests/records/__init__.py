"""Tests of what a tenant holds and what may be done to it."""
