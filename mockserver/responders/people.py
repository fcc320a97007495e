"""Stand-ins for people's data: the same text gets the same stand-in everywhere, under one key, and nobody can go back without it.

Names are replaced word by word, so that a first name is the same alone and inside a full name, a login or an e-mail address;
digits keep their number, phone numbers their format, free text its length. Must not know members, formats or HTTP.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[0-9]+")
_WORD_OR_DIGITS = re.compile(r"[^\W\d_]+|[0-9]+|[^\W]+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(.*)", re.DOTALL)
_EMAIL = re.compile(r"([^\s@<>\"',;:]+)@([^\s@<>\"',;:]+)")
_URL = re.compile(r"((?:[a-zA-Z][a-zA-Z0-9+.-]*://)?(?:www\.)?)([^/?#\s]+)(.*)", re.DOTALL)
_TRIES = 12
_LOCAL_NUMBER = 8
_KNOWN = 100_000
DOMAIN = "example"
"""The top-level domain of all stand-ins (RFC 2606): no mail ever arrives there."""


class People:
    """Stand-ins under one key; `kept` are words (in upper case) that names keep."""

    def __init__(self, key: bytes, kept: frozenset[str] = frozenset()) -> None:
        self._key = key
        self._kept = kept
        self._faker: Faker | None = None
        self._word = lru_cache(_KNOWN)(self._made_word)
        self._by_kind: dict[str, Callable[[str], str]] = {
            "name": self.name,
            "label": self.label,
            "place": self.name,
            "address": self.name,
            "email": self.email,
            "phone": self.phone,
            "number": self.number,
            "zip": self.number,
            "birth": self.birth,
            "coordinate": self.number,
            "url": self.url,
            "text": self.text,
        }

    def stand_in(self, kind: str, text: str) -> str:
        """The stand-in of a text of a kind; what is an e-mail address stays one whatever the kind says."""
        if kind != "email" and _EMAIL.fullmatch(text.strip()):
            kind = "email"
        return self._by_kind[kind](text)

    def digest(self, purpose: str, text: str) -> bytes:
        """Bytes that depend on the key, the purpose and the text, and tell nothing of them."""
        return hmac.digest(self._key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)

    # --- by kind

    def name(self, text: str) -> str:
        """Names, streets, companies: word by word, digits by digits."""
        return _WORD_OR_DIGITS.sub(self._piece, text)

    def label(self, text: str) -> str:
        """A name that a tenant gave to something: one that fits an identifier stays one."""
        return self.name(text)

    def email(self, text: str) -> str:
        """An e-mail address with the stand-ins of its names; what else stands around it is replaced as names are."""
        if not _EMAIL.search(text):
            return self.name(text)
        parts, at = [], 0
        for found in _EMAIL.finditer(text):
            parts.append(self.name(text[at : found.start()]))
            tag = self.digest("email", found[0].lower()).hex()[:4]
            parts.append(f"{self._ascii(found[1])}.{tag}@{self._domain(found[2])}")
            at = found.end()
        return "".join([*parts, self.name(text[at:])])

    def phone(self, text: str) -> str:
        """A phone number in its format; the last eight digits stand for themselves, with a country code or without."""
        digits = "".join(_DIGITS.findall(text))
        if not digits:
            return self.name(text)
        local = digits[-_LOCAL_NUMBER:]
        code = digits[:-_LOCAL_NUMBER]
        made = iter(code + self._digits("phone", local))
        return "".join(next(made) if each.isascii() and each.isdigit() else each for each in _WORD.sub(self._letters, text))

    def number(self, text: str) -> str:
        """A number of a company or person: digits for digits, letters for letters."""
        made = iter(self._digits("number", "".join(_DIGITS.findall(text))))
        return "".join(next(made) if each.isascii() and each.isdigit() else each for each in _WORD.sub(self._letters, text))

    def birth(self, text: str) -> str:
        """Another day; the time of day and the form stay."""
        found = _DATE.fullmatch(text)
        if found is None or found[1] == "0001":
            return text if found else self.number(text)
        made = self.digest("birth", f"{found[1]}{found[2]}{found[3]}")
        year, month, day = 1950 + made[0] % 50, 1 + made[1] % 12, 1 + made[2] % 28
        if (found[1], found[2], found[3]) == (f"{year}", f"{month:02}", f"{day:02}"):
            day = day % 28 + 1
        return f"{year}-{month:02}-{day:02}{found[4]}"

    def url(self, text: str) -> str:
        """A web address of somebody: its host and path are names."""
        found = _URL.fullmatch(text)
        if found is None or not _WORD.search(text):
            return self.name(text)
        return f"{found[1]}{self._domain(found[2])}{self.name(found[3])}"

    def text(self, text: str) -> str:
        """Free text: as long, and about nothing."""
        words = self._faked("text", text).words(min(2 + len(text) // 3, 400))
        filled = " ".join(words)
        while len(filled) < len(text):
            filled = f"{filled} {filled}"
        return filled[: len(text)].strip().ljust(len(text), "x")

    # --- pieces

    def _piece(self, found: re.Match[str]) -> str:
        piece = found[0]
        if piece.upper() in self._kept:
            return piece
        return self._digits("digits", piece) if piece.isascii() and piece.isdigit() else self._word(piece)

    def _made_word(self, word: str) -> str:
        """A name of about the same length, in the same letter case."""
        if len(word) == 1:
            made = chr(ord("a") + self.digest("letter", word.lower())[0] % 26)
        else:
            faker = self._faked("word", word.lower())
            offers = [faker.last_name() if faker.random.random() < 0.5 else faker.first_name() for _ in range(_TRIES)]
            offers = [each for each in offers if each.isalpha() and each.lower() != word.lower()] or ["Nomen"]
            made = min(offers, key=lambda offer: abs(len(offer) - len(word)))
        if word.isupper() and len(word) > 1:
            return made.upper()
        return made.lower() if word.islower() else made[:1].upper() + made[1:]

    def _letters(self, found: re.Match[str]) -> str:
        """Letters for letters; short runs in capitals are codes of countries and registers (NO, MVA)."""
        text = found[0]
        if len(text) <= 3 and text.isupper():
            return text
        made = self.digest("letters", text)
        return "".join(chr(ord("A" if each.isupper() else "a") + made[index % len(made)] % 26) for index, each in enumerate(text))

    def _digits(self, purpose: str, digits: str) -> str:
        """As many digits, the first one no zero where it was none."""
        if not digits:
            return ""
        number = int.from_bytes(self.digest(purpose, digits) + self.digest(f"{purpose}+", digits), "big")
        made = str(number)[: len(digits)].rjust(len(digits), "7")
        while len(made) < len(digits):  # pragma: no cover - rjust filled it
            made += "7"
        if made == digits:
            made = f"{made[:-1]}{(int(made[-1]) + 1) % 10}"
        return made

    def _domain(self, domain: str) -> str:
        tag = self.digest("domain", domain.lower().removeprefix("www.")).hex()[:4]
        words = _WORD.findall(domain.rpartition(".")[0] or domain)
        return f"{self._ascii(words[-1] if words else 'host')}-{tag}.{DOMAIN}"

    def _ascii(self, text: str) -> str:
        made = self.name(text).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9._+-]+", "", made).strip(".") or "nomen"

    def _faked(self, purpose: str, text: str) -> Faker:
        if self._faker is None:
            from faker import Faker

            self._faker = Faker("en_GB")
        self._faker.seed_instance(int.from_bytes(self.digest(purpose, text)[:8], "big"))
        return self._faker
