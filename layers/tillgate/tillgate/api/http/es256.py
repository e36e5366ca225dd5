"""ES256 signatures (RFC 7518, 3.4: ECDSA on P-256 with SHA-256), verified with integers alone (ADR 126).

It only ever handles what is public, so its time may depend on its input. A verification takes some two milliseconds,
once per token and process; loading a library for it would take ten times as long at each cold start.
"""

import hashlib
from typing import NamedTuple

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

type _Point = tuple[int, int, int]  # Jacobian: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity

_BASE: _Point = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)
_INFINITY: _Point = (0, 1, 0)


class PublicKey(NamedTuple):
    """A point of the curve."""

    x: int
    y: int

    @classmethod
    def of(cls, x: int, y: int) -> "PublicKey":
        """Raises ValueError for what is no point of the curve."""
        if not (0 <= x < _P and 0 <= y < _P) or (y * y - (x * x * x - 3 * x + _B)) % _P:
            raise ValueError("not a point of P-256")
        return cls(x, y)


def verifies(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the signature, r and s in 32 bytes each, is the key's for this message."""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not (0 < r < _N and 0 < s < _N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest())
    inverse = pow(s, -1, _N)
    x, _, z = _sum_of_products(digest * inverse % _N, _BASE, r * inverse % _N, (key.x, key.y, 1))
    return z != 0 and (x * pow(z, -2, _P) % _P) % _N == r


def _sum_of_products(a: int, left: _Point, b: int, right: _Point) -> _Point:
    """a·left + b·right, two bits of both at a time (Shamir's trick)."""
    lefts, rights = _multiples(left), _multiples(right)
    table = [_added(one, other) for one in lefts for other in rights]
    total = _INFINITY
    for place in range(254, -2, -2):
        total = _doubled(_doubled(total))
        if digit := (a >> place & 3) * 4 + (b >> place & 3):
            total = _added(total, table[digit])
    return total


def _multiples(point: _Point) -> tuple[_Point, ...]:
    """None, one, two and three of it."""
    double = _doubled(point)
    return _INFINITY, point, double, _added(double, point)


def _doubled(point: _Point) -> _Point:
    """dbl-2001-b of the Explicit-Formulas Database, for curves with a = -3."""
    x, y, z = point
    delta, gamma = z * z % _P, y * y % _P
    beta = x * gamma % _P
    alpha = 3 * (x - delta) * (x + delta) % _P
    new_x = (alpha * alpha - 8 * beta) % _P
    new_z = ((y + z) * (y + z) - gamma - delta) % _P
    return new_x, (alpha * (4 * beta - new_x) - 8 * gamma * gamma) % _P, new_z


def _added(one: _Point, other: _Point) -> _Point:
    """add-1998-cmo-2 of the Explicit-Formulas Database, with the cases in which it fails."""
    (x1, y1, z1), (x2, y2, z2) = one, other
    if z1 == 0:
        return other
    if z2 == 0:
        return one
    square1, square2 = z1 * z1 % _P, z2 * z2 % _P
    u1, u2 = x1 * square2 % _P, x2 * square1 % _P
    s1, s2 = y1 * z2 * square2 % _P, y2 * z1 * square1 % _P
    h, r = (u2 - u1) % _P, (s2 - s1) % _P
    if h == 0:
        return _doubled(one) if r == 0 else _INFINITY
    cubed = h * h * h % _P
    v = u1 * h * h % _P
    x3 = (r * r - cubed - 2 * v) % _P
    return x3, (r * (v - x3) - s1 * cubed) % _P, z1 * z2 * h % _P
