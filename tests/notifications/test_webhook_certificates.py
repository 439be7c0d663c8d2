"""Webhooks over TLS: the certificate must be trusted, and that of the name that was registered."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from booking.kernel.networks import networks
from booking.notifications.channels.webhook import Parcel, Receipt, send_all
from booking.notifications.rules import HookFailure
from tests.support.receiver import Receiver, receiving

NOW = datetime.now(UTC)


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name, and its key, in one file; it vouches for itself."""
    key, who = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def send_to(name: str, path: Path) -> Receipt:
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(path)
    with receiving(Receiver(status=200), secure) as receiver:
        parcel = Parcel(f"https://{name}:{receiver.port}/", {}, b"{}")
        (receipt,) = send_all([parcel], networks("127.0.0.0/8 ::1"))
    assert bool(receiver.got) == (receipt.failure is None)
    return receipt


def test_a_certificate_that_nobody_trusts_is_refused(tmp_path):
    assert send_to("localhost", certificate(tmp_path, "localhost")).failure is HookFailure.TLS


@pytest.mark.parametrize(("name", "failure"), [("localhost", None), ("other", HookFailure.TLS)])
def test_a_trusted_one_must_be_of_the_registered_name(tmp_path, monkeypatch, name, failure):
    path = certificate(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert send_to("localhost", path).failure is failure
