"""What HTTPS needs: whom the throw-away certificate names, and which of the user's own are taken."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from mockserver.certificates import Certificates, own, throw_away
from mockserver.errors import StartError
from mockserver.scratch import Scratch


def shake_hands(certificates: Certificates, ca_file: str, name: str) -> str | None:
    """Let a client that trusts an authority meet the server under a name; answers the protocol, raises what the client does."""
    client_context = ssl.create_default_context(cafile=ca_file)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = certificates.context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.version()


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "::1", "double.test", "online.localhost", "online2.localhost", "sod.localhost"]
)
def test_the_throw_away_certificate_names_this_machine(name: str) -> None:
    """Clients that trust the authority verify the names a test uses: loopback, the host listened on, the sub-domains."""
    scratch = Scratch()
    certificates = throw_away("double.test", scratch)
    assert shake_hands(certificates, certificates.ca_file, name) in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("name", ["example.com", "online2.superoffice.com", "127.0.0.2"])
def test_it_names_nobody_else(name: str) -> None:
    """Another name is not verified."""
    scratch = Scratch()
    certificates = throw_away("127.0.0.1", scratch)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"match|mismatch"):
        shake_hands(certificates, certificates.ca_file, name)


def test_listening_everywhere_names_the_machine() -> None:
    """Who listens on all addresses is met under the machine's own name."""
    scratch = Scratch()
    certificates = throw_away("0.0.0.0", scratch)
    assert shake_hands(certificates, certificates.ca_file, socket.gethostname())


def test_two_authorities_do_not_trust_each_other() -> None:
    """The authority of another run is worth nothing."""
    scratch, other = Scratch(), Scratch()
    certificates = throw_away("127.0.0.1", scratch)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(certificates, throw_away("127.0.0.1", other).ca_file, "127.0.0.1")


def test_the_authority_s_key_is_not_kept() -> None:
    """The file that clients trust holds a certificate alone."""
    scratch = Scratch()
    path = Path(throw_away("127.0.0.1", scratch).ca_file)
    assert b"PRIVATE" not in path.read_bytes()
    assert list(path.parent.iterdir()) == [path]


def test_a_host_no_certificate_can_name_is_one_sentence() -> None:
    """A host that is no name and no address is told with the way out."""
    with pytest.raises(StartError, match="--tls-cert") as caught:
        throw_away("a b", Scratch())
    assert "'a b'" in str(caught.value)


def test_a_certificate_that_nobody_signed_is_its_own_authority(tmp_path: Path) -> None:
    """For a self-signed certificate clients trust its file; one that an authority signed says nothing of whom to trust."""
    authority = trustme.CA()
    alone, signed, key = tmp_path / "alone.pem", tmp_path / "signed.pem", tmp_path / "key.pem"
    authority.cert_pem.write_to_path(alone)
    authority.private_key_pem.write_to_path(key)
    assert own(alone, key).ca_file == str(alone)
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(key)
    issued.cert_chain_pems[0].write_to_path(signed)
    served = own(signed, key)
    assert served.ca_file == ""
    assert shake_hands(served, str(alone), "localhost")


def test_a_key_under_a_passphrase_is_one_sentence(tmp_path: Path) -> None:
    """Nobody is asked to type: the file is named."""
    issued = trustme.CA().issue_cert("localhost")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(cert)
    plain = load_pem_private_key(issued.private_key_pem.bytes(), None)
    key.write_bytes(plain.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(StartError, match="needs a passphrase") as caught:
        own(cert, key)
    assert str(key) in str(caught.value)
