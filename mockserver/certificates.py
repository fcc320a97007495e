"""What HTTPS needs: a throw-away certificate authority and a certificate of it, or the user's own certificate.

Imports what it needs when it is asked. Must not know who listens.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from mockserver.errors import StartError
from mockserver.scratch import Scratch

_NAMES = ("localhost", "127.0.0.1", "::1", "*.localhost")
# OpenSSL lets no wildcard stand for the label below a top-level domain: the vendor's own sub-domains are named one by one.
_SUBDOMAINS = tuple(f"{name}{number}.localhost" for name in ("online", "qaonline", "sod") for number in ("", *range(1, 10)))
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, slots=True)
class Certificates:
    """A server's side of HTTPS; `ca_file` is what its clients must trust, "" where they know better than we do."""

    context: ssl.SSLContext
    ca_file: str


def throw_away(host: str, scratch: Scratch) -> Certificates:
    """A certificate for this machine's names and the host that is listened on; raises `StartError`."""
    import trustme

    names = [*_NAMES, *_SUBDOMAINS, *([socket.gethostname()] if host in _ANYWHERE else [host])]
    authority = trustme.CA(
        organization_name="superoffice-mockserver", organization_unit_name="throw-away, trust it in tests only"
    )
    try:
        issued = authority.issue_cert(*dict.fromkeys(names))
    except ValueError as error:
        raise StartError(f"no certificate can name the host {host!r}; give one with --tls-cert and --tls-key") from error
    context = _context()
    issued.configure_cert(context)
    return Certificates(context, str(scratch.keep("ca.pem", authority.cert_pem.bytes())))


def own(certificate: Path, key: Path) -> Certificates:
    """The user's certificate (with its chain) and key, both PEM; raises `StartError`."""
    for path in (certificate, key):
        try:
            path.read_bytes()
        except OSError as error:
            raise StartError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    context = _context()
    try:
        # Asked for a passphrase, OpenSSL would otherwise wait for somebody to type it.
        context.load_cert_chain(certificate, key, password=_no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise StartError(f"the key in {key} is not the one of the certificate in {certificate}") from error
        raise StartError(f"{certificate} and {key} are no PEM files of a certificate and its key") from error
    except _Passphrase:
        raise StartError(f"the key in {key} needs a passphrase; give one without") from None
    return Certificates(context, str(certificate.absolute()) if _trusts_itself(certificate.read_bytes()) else "")


class _Passphrase(Exception):
    """OpenSSL asked for one."""


def _no_passphrase() -> bytes:
    raise _Passphrase


def _trusts_itself(chain: bytes) -> bool:
    """Whether the file ends in a certificate that nobody else has signed: then it is what clients must trust."""
    from cryptography.x509 import load_pem_x509_certificates

    last = load_pem_x509_certificates(chain)[-1]
    return last.issuer == last.subject


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
