"""What an address of a webhook may look like, and what its signature is."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from booking.access.permissions import Permission
from booking.notifications.rules import HookFact, address_violations, needed_for, signature


def said(url: str, *, http_allowed: bool = False) -> set[str]:
    return {broken.code for broken in address_violations(url, http_allowed=http_allowed)}


@pytest.mark.parametrize(
    "url",
    [
        "https://lims.example.com/hooks/booking?team=3",
        "https://lims.example.com:8443/",
        "https://203.0.113.9/",
        "https://[2001:db8::1]:443/x",
        "https://xn--fiq228c.example/",
    ],
)
def test_an_address_in_its_usual_form_is_taken(url):
    assert said(url) == set()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://lims.example.com/", "webhook.not_https"),
        ("ftp://lims.example.com/", "webhook.not_https"),
        ("file:///etc/passwd", "webhook.not_https"),
        ("lims.example.com/hook", "webhook.not_https"),
        ("https:///hook", "webhook.malformed"),
        ("https://", "webhook.malformed"),
        ("https://user@lims.example.com/", "webhook.userinfo"),
        ("https://user:word@lims.example.com/", "webhook.userinfo"),
        ("https://@lims.example.com/", "webhook.userinfo"),
        ("https://lims.example.com@127.0.0.1/", "webhook.userinfo"),
        ("https://lims.example.com/#part", "webhook.malformed"),
        ("https://lims.example.com\\@127.0.0.1/", "webhook.malformed"),
        ("https://lims.example.com/a b", "webhook.malformed"),
        ("https://lims.example.com/\x00", "webhook.malformed"),
        ("https://例子.example/", "webhook.malformed"),
        ("https://ⓔxample.com/", "webhook.malformed"),
        ("https://2130706433/", "webhook.malformed"),
        ("https://0x7f000001/", "webhook.malformed"),
        ("https://0x7f.1/", "webhook.malformed"),
        ("https://0177.0.0.1/", "webhook.malformed"),
        ("https://127.1/", "webhook.malformed"),
        ("https://127.0.0.1.1/", "webhook.malformed"),
        ("https://[::1", "webhook.malformed"),
        ("https://lims.example.com:99999/", "webhook.malformed"),
        ("https://lims.example.com:25/", "webhook.port"),
        ("https://lims.example.com:22/", "webhook.port"),
        ("https://lims.example.com/" + "a" * 500, "webhook.malformed"),
    ],
)
def test_every_other_form_is_refused_and_named(url, code):
    assert code in said(url)


def test_without_tls_only_where_the_installation_says_so():
    assert said("http://lims.example.com/", http_allowed=True) == set()
    assert said("ftp://lims.example.com/", http_allowed=True) == {"webhook.not_https"}


def test_a_signature_is_what_the_page_says_it_is():
    moment = datetime(2026, 11, 23, 1, tzinfo=UTC)
    expected = hmac.new(b"whsec_x", b'd1.1795395600.{"a":1}', sha256).hexdigest()
    made = signature("whsec_x", reference="d1", moment=moment, body='{"a":1}')
    assert made == f"v1={expected}"


def test_every_fact_needs_a_permission_to_read():
    assert needed_for(HookFact.STATEMENT_PAID) is Permission.STATEMENT_READ
    assert all(needed_for(fact).value.endswith(":read") for fact in HookFact)
