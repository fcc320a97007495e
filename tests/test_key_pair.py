"""The application's key pair: the user's own, or one made at first need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from mockserver.errors import SettingsError
from mockserver.key_pair import KeyPair
from mockserver.scratch import Scratch

OWN = rsa.generate_private_key(65537, 2048)
PLAIN = NoEncryption()


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = OWN,
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: KeySerializationEncryption = PLAIN,
) -> bytes:
    """A private key as a PEM file holds it."""
    return key.private_bytes(Encoding.PEM, form, encryption)


def sign(path: Path, text: bytes, digest: HashAlgorithm | None = None) -> bytes:
    """The signature of a text, as a client makes it with the file it was told."""
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(text, PKCS1v15(), digest or SHA256())


def test_a_key_is_made_at_first_need_and_stays() -> None:
    """The file is there once it is asked for, and what it signs is verified."""
    pair = KeyPair("", Scratch())
    path = pair.file()
    assert pair.file() == path
    assert path.is_absolute()
    assert pair.verifies(b"some", sign(path, b"some"))


def test_a_signature_of_another_text_key_or_digest_is_none() -> None:
    """Only what the documented signature says of this very text counts."""
    pair = KeyPair("", Scratch())
    signature = sign(pair.file(), b"some")
    assert not pair.verifies(b"other", signature)
    assert not pair.verifies(b"some", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not pair.verifies(b"some", sign(KeyPair("", Scratch()).file(), b"some"))
    assert not pair.verifies(b"some", sign(pair.file(), b"some", SHA1()))  # noqa: S303 - that it is refused is the point
    for nonsense in (b"", b"\0", b"\xff" * 256, b"x" * 10_000):
        assert not pair.verifies(b"some", nonsense)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_the_user_s_own_key_counts(tmp_path: Path, form: PrivateFormat) -> None:
    """A key in either PEM form is used, and its own file is the one that is told."""
    path = tmp_path / "own.pem"
    path.write_bytes(pem(form=form))
    pair = KeyPair(str(path), Scratch())
    assert pair.file() == path
    assert pair.verifies(b"some", OWN.sign(b"some", PKCS1v15(), SHA256()))


def test_a_relative_file_is_told_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client in another folder finds the file, too."""
    (tmp_path / "own.pem").write_bytes(pem())
    monkeypatch.chdir(tmp_path)
    assert KeyPair("own.pem", Scratch()).file() == tmp_path / "own.pem"


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file that is not there": (lambda path: None, "cannot be read"),
    "a folder": (lambda path: path.mkdir(), "cannot be read"),
    "nothing": (lambda path: path.write_bytes(b""), "no private key in PEM"),
    "bytes": (lambda path: path.write_bytes(b"\xff\0" * 100), "no private key in PEM"),
    "a public key": (
        lambda path: path.write_bytes(OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        "no private key in PEM",
    ),
    "half a key": (lambda path: path.write_bytes(pem()[:400]), "no private key in PEM"),
    "an elliptic key": (lambda path: path.write_bytes(pem(ec.generate_private_key(ec.SECP256R1()))), "no RSA key"),
    "a key under a passphrase": (
        lambda path: path.write_bytes(pem(encryption=BestAvailableEncryption(b"secret"))),
        "needs a passphrase",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_key_is_one_sentence(tmp_path: Path, what: str) -> None:
    """The setting and the file are named, when the double is put together and not when the first token comes."""
    path = tmp_path / "own.pem"
    make, words = BAD[what]
    make(path)
    with pytest.raises(SettingsError, match=words) as caught:
        KeyPair(str(path), Scratch())
    assert str(caught.value).startswith(f"private_key_file {path} ")
    assert "\n" not in str(caught.value)


def test_two_threads_get_one_key() -> None:
    """A test that asks for the file while the server verifies is told the key that the server uses."""
    pair = KeyPair("", Scratch())
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: pair.file().read_bytes(), range(4)))) == 1


def test_a_pair_costs_nothing_before_it_is_needed() -> None:
    """A server that is put together has loaded neither cryptography, joserfc nor trustme."""
    script = (
        "import sys\nfrom mockserver.server import Parts\nfrom mockserver.settings import Settings\nParts(Settings())\n"
        "print(sorted({'cryptography', 'joserfc', 'trustme', 'zeep'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
