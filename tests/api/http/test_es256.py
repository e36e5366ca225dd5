"""Our verification of ES256 against a library's signatures: what it makes we take, and nothing that differs."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from tillgate.api.http.es256 import _BASE, _INFINITY, _N, _P, PublicKey, _added, _doubled, _sum_of_products, verifies

SECRETS = st.integers(1, _N - 1)
PLACES = st.integers(0, 511)


def signed(secret: int, message: bytes) -> tuple[PublicKey, bytes]:
    key = ec.derive_private_key(secret, ec.SECP256R1())
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    numbers = key.public_key().public_numbers()
    return PublicKey.of(numbers.x, numbers.y), r.to_bytes(32) + s.to_bytes(32)


def says_the_library(key: PublicKey, message: bytes, signature: bytes) -> bool:
    public = ec.EllipticCurvePublicNumbers(key.x, key.y, ec.SECP256R1()).public_key()
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@settings(max_examples=60)
@given(SECRETS, st.binary(max_size=300), PLACES)
def test_what_the_library_signs_is_taken_and_one_bit_off_is_not(secret: int, message: bytes, place: int) -> None:
    key, signature = signed(secret, message)
    assert verifies(key, message, signature)
    assert not verifies(key, message + b"x", signature)
    flipped = bytearray(signature)
    flipped[place // 8] ^= 1 << place % 8
    assert verifies(key, message, bytes(flipped)) is says_the_library(key, message, bytes(flipped)) is False


@settings(max_examples=60)
@given(SECRETS, st.sampled_from([0, 1, 2, _N - 1, _N, _N + 1, 2**256 - 1]), st.integers(0, 2**256 - 1))
def test_made_up_signatures_are_judged_as_the_library_does(secret: int, one: int, other: int) -> None:
    key, _ = signed(secret, b"")
    for r, s in ((one, other), (other, one), (one, one)):
        signature = r.to_bytes(32) + s.to_bytes(32)
        assert verifies(key, b"m", signature) is says_the_library(key, b"m", signature)


def test_the_other_root_of_s_is_the_same_signature() -> None:
    """As for every ECDSA; a token is known by its text, so nothing hangs on it."""
    key, signature = signed(7, b"m")
    mirrored = signature[:32] + (_N - int.from_bytes(signature[32:])).to_bytes(32)
    assert verifies(key, b"m", mirrored) is says_the_library(key, b"m", mirrored) is True


@pytest.mark.parametrize("length", [0, 1, 63, 65, 72])
def test_a_signature_of_another_length(length: int) -> None:
    key, signature = signed(7, b"m")
    assert not verifies(key, b"m", (signature * 2)[:length])


def test_a_digest_of_zero_and_points_that_meet() -> None:
    """The cases in which the formula of a sum fails: equal points, opposite points, and infinity."""
    mirrored = (_BASE[0], _P - _BASE[1], 1)
    assert _added(_BASE, _BASE) == _doubled(_BASE)
    assert _added(_BASE, mirrored)[2] == 0
    assert _added(_INFINITY, _BASE) == _added(_BASE, _INFINITY) == _BASE
    assert _sum_of_products(_N, _BASE, 0, _BASE)[2] == 0
    assert _sum_of_products(0, _BASE, 0, _BASE)[2] == 0


@given(st.integers(0, 2**256 - 1), st.integers(0, 2**256 - 1))
def test_what_is_no_point_is_no_key(x: int, y: int) -> None:
    with pytest.raises(ValueError, match="no"):
        PublicKey.of(x, y)


def test_an_example_of_rfc_6979() -> None:
    """A.2.5, message "sample" with SHA-256."""
    key = PublicKey.of(
        0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
        0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299,
    )
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    assert verifies(key, b"sample", r.to_bytes(32) + s.to_bytes(32))
    assert not verifies(key, b"test", r.to_bytes(32) + s.to_bytes(32))
    assert hashlib.sha256(b"sample").hexdigest().startswith("af2bdbe1")
