"""Requests and their answers as data."""
