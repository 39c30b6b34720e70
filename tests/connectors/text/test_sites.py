"""Which hosts are one site."""

from __future__ import annotations

import pytest

from connectors.text.sites import site_of, site_of_url


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("harbour.blogspot.com", "blogspot.com"),
        ("mill.github.io", "github.io"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("feeds.intranet", "feeds.intranet"),
        ("", ""),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_host(host, site):
    assert site_of(host) == site


def test_ports_and_logins_make_no_other_site():
    assert site_of_url("https://me:secret@www.paper.com:8443/feed") == "paper.com"
    assert site_of_url("http://127.0.0.1:8001/a") == site_of_url("http://127.0.0.1:8002/b")
