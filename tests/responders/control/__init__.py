"""Tests of the pages below `/_mock/`."""
