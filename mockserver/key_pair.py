"""The application's key pair, whose private half signs system tokens: the user's own PEM file, or one made at first need.

Making or reading a key imports what it needs then. Must not know what is signed.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.errors import SettingsError
from mockserver.scratch import Scratch

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_BITS = 2048
_EXPONENT = 65537
_NAME = "private-key.pem"


class KeyPair:
    """One pair of keys; a file that is no private RSA key raises `SettingsError` when it is named."""

    def __init__(self, private_key_file: str, scratch: Scratch) -> None:
        self._scratch = scratch
        self._lock = Lock()
        self._file: Path | None = None
        self._key: RSAPrivateKey | None = None
        if private_key_file:
            self._file = Path(private_key_file).absolute()
            self._key = _read(self._file)

    def file(self) -> Path:
        """The file that holds the private key; raises `StartError` where it cannot be written."""
        return self._made()[0]

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether the private key made this signature (RSA with SHA-256, PKCS #1 v1.5) of this text."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            self._made()[1].public_key().verify(signature, text, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def _made(self) -> tuple[Path, RSAPrivateKey]:
        with self._lock:  # a test asks for the file in its own thread, while the server's may be verifying
            if self._file is None or self._key is None:
                from cryptography.hazmat.primitives import serialization
                from cryptography.hazmat.primitives.asymmetric import rsa

                key = rsa.generate_private_key(_EXPONENT, _BITS)
                content = key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                self._file, self._key = self._scratch.keep(_NAME, content), key
            return self._file, self._key


def _read(path: Path) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise SettingsError(f"private_key_file {path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    except TypeError:
        raise SettingsError(f"private_key_file {path} needs a passphrase; give a PEM file without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SettingsError(f"private_key_file {path} is no private key in PEM") from None
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError(f"private_key_file {path} is no RSA key, which system tokens are signed with")
    return key
