"""Tests of the rules of the domain, one file each."""
