"""Tests of how the API is spoken: codecs, headers, dialects."""
