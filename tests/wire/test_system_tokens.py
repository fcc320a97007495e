"""Signed system tokens as text: what they are made of, and what is none."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.wire.system_tokens import parse

SIGNATURE = b64encode(b"\0\xffsome bytes").decode()


def test_a_signed_token_is_taken_apart() -> None:
    """The documented form: token, minute in UTC, base64; the first two are what was signed."""
    signed = parse(f"App Name-AbCd123456.202603291305.{SIGNATURE}")
    assert signed.token == "App Name-AbCd123456"
    assert signed.moment == datetime(2026, 3, 29, 13, 5, tzinfo=UTC)
    assert signed.text == b"App Name-AbCd123456.202603291305"
    assert signed.signature == b"\0\xffsome bytes"


def test_a_token_may_hold_full_stops() -> None:
    """An application's name is in its token, whatever it is called."""
    signed = parse(f"App 2.0 blå-X.202603291305.{SIGNATURE}")
    assert (signed.token, signed.text) == ("App 2.0 blå-X", "App 2.0 blå-X.202603291305".encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not of the form"),
        ("App-X", "not of the form"),
        (f"202603291305.{SIGNATURE}", "not of the form"),
        (f".202603291305.{SIGNATURE}", "not of the form"),
        ("App-X.202603291305.", "not of the form"),
        ("App-X.202603291305.*", "not base64"),
        ("App-X.202603291305.AAA", "not base64"),
        ("App-X.202603291305.blå=", "not base64"),
        ("App-X.202603291305.-_-_", "not base64"),
        (f"App-X.2026032913.{SIGNATURE}", "yyyyMMddHHmm"),
        (f"App-X.20260329130500.{SIGNATURE}", "yyyyMMddHHmm"),
        (f"App-X.202602301305.{SIGNATURE}", "yyyyMMddHHmm"),
        (f"App-X.202603292405.{SIGNATURE}", "yyyyMMddHHmm"),
        (f"App-X.2026-03-29T1.{SIGNATURE}", "yyyyMMddHHmm"),
        (f"App-X.٢٠٢٦٠٣٢٩١٣٠٥.{SIGNATURE}", "yyyyMMddHHmm"),
        (f"{'A' * 10_000}.202603291305.{SIGNATURE}", "longer than"),
        (f"App-X.202603291305.{'A' * 1_000_000}", "longer than"),
    ],
)
def test_what_is_no_signed_token_is_told_and_not_repeated(text: str, words: str) -> None:
    """The mistake is named; the token, which may be right, is not."""
    with pytest.raises(BadRequest, match=words) as caught:
        parse(text)
    assert "App-X" not in f"{caught.value} {caught.value.explanation}"
    assert SIGNATURE not in f"{caught.value} {caught.value.explanation}"


@given(st.text(max_size=80))
def test_any_text_is_a_signed_token_or_a_bad_request(text: str) -> None:
    """Nothing else is ever raised."""
    for each in (text, f"{text}.202603291305.{SIGNATURE}", f"App-X.{text}.{SIGNATURE}", f"App-X.202603291305.{text}"):
        try:
            assert each.encode("utf-8", "surrogatepass").startswith(parse(each).text)
        except BadRequest:
            continue
