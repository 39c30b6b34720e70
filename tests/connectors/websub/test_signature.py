import pytest

from connectors.websub.signature import is_authentic

BODY = b"Hi There"
SECRET = "\x0b" * 20
"""RFC 2202, 3 and RFC 4231, 4.2: the first of each one's test cases."""

SHA1 = "b617318655057264e28bc0b6fb378c8ef146be00"
SHA256 = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"


@pytest.mark.parametrize(
    "header", [f"sha1={SHA1}", f"sha256={SHA256}", f" SHA256={SHA256.upper()} "]
)
def test_the_secrets_signature_is_authentic(header):
    assert is_authentic(header, SECRET, BODY)


@pytest.mark.parametrize(
    "header",
    [
        *("", "=", "sha256", "sha256=", SHA256, f"={SHA256}", f"sha1={SHA256}"),
        *(f"md5={SHA256}", f"sha256={SHA256[:-1]}", f"sha256={SHA256[:-1]}0", "sha256=\udcff"),
    ],
)
def test_any_other_is_not(header):
    assert not is_authentic(header, SECRET, BODY)


def test_another_body_or_secret_is_not_authentic():
    assert not is_authentic(f"sha256={SHA256}", SECRET, BODY + b"!")
    assert not is_authentic(f"sha256={SHA256}", SECRET + "!", BODY)
