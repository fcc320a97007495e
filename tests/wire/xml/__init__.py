"""Tests of the XML codec."""
