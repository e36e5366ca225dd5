"""Old and new code work on the same items during a deploy, and after one that was rolled back (GO-11)."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.released.forms import EVENTS, KINDS, STORED, Form, forms
from tillgate.store.shared.documents import from_plain, plain

HERE = Path(__file__).parent
RELEASES = sorted(HERE.glob("*.json"))
LAYER = HERE.parent.parent / "layers" / "tillgate" / "tillgate"
# Values that a release before this one refuses, and why none is written where it could meet them: "Kind.field: value".
NOT_YET_WRITTEN: dict[str, str] = {}


def of(release: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(release.read_text())
    return found


@pytest.mark.parametrize(
    ("release", "kind"), [(each, kind) for each in RELEASES for kind in of(each)["documents"]], ids=str
)
def test_what_a_release_has_stored_is_read_and_nothing_of_it_is_lost(release: Path, kind: str) -> None:
    document = of(release)["documents"][kind]
    assert keeps(plain(from_plain(KINDS[kind], document)), document)


def keeps(read: Any, stored: Any) -> bool:
    """All that was stored is there; a later release may know more fields."""
    if isinstance(stored, dict):
        return all(name in read and keeps(read[name], value) for name, value in stored.items())
    if isinstance(stored, list):
        return len(read) == len(stored) and all(map(keeps, read, stored))
    return bool(read == stored)


def unreadable(before: dict[str, Form], now: dict[str, Form]) -> list[str]:
    """What code of before would refuse in documents of now: readers ignore what they do not know, but need what they
    need, of the type and the values that they know."""
    found = []
    for name, form in before.items():
        if name not in now:
            found.append(f"{name} is gone")
        elif "values" in form:
            found += [f"{name}: {value}" for value in sorted(set(now[name]["values"]) - set(form["values"]))]
        else:
            found += _fields(name, form["fields"], now[name]["fields"])
    return found


def _fields(kind: str, before: Form, now: Form) -> list[str]:
    found = []
    for name, field in before.items():
        if name not in now:
            found += [f"{kind}.{name} is missing"] if field["required"] else []
        elif not _holds(field["holds"], now[name]["holds"]):
            found.append(f"{kind}.{name}: {now[name]['holds']}")
    return found


def _holds(before: Any, now: Any) -> bool:
    """Everything of the type of now is of the type of before."""
    if isinstance(before, dict) and "or null" in before:
        return _holds(before["or null"], now["or null"] if isinstance(now, dict) and "or null" in now else now)
    if isinstance(before, dict) and isinstance(now, dict) and before.keys() == now.keys():
        ((key, inner),) = before.items()
        return set(now[key]) <= set(inner) if key == "one of" else _holds(inner, now[key])
    return bool(before == now)


@pytest.mark.parametrize("release", RELEASES[-1:], ids=str)
def test_the_release_before_reads_what_this_one_stores(release: Path) -> None:
    """Another event, another value: first a release that reads it, then one that writes it."""
    refused = set(unreadable(of(release)["forms"], forms()))
    refused |= {f"event {name}" for name in EVENTS if f"event {name}" not in of(release)["forms"]}
    assert refused - set(NOT_YET_WRITTEN) == set()
    assert set(NOT_YET_WRITTEN) <= refused


def changed(*path: str, to: Any = None) -> list[str]:
    """What is refused of a form with that one change."""
    before, now = of(RELEASES[-1])["forms"], copy.deepcopy(of(RELEASES[-1])["forms"])
    part = now
    for name in path[:-1]:
        part = part[name]
    if to is None:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return unreadable(before, now)


def test_what_would_be_refused_is_found() -> None:
    assert changed("Order", "fields", "amount") == ["Order.amount is missing"]
    assert changed("Order", "fields", "amount", "holds", to="str") == ["Order.amount: str"]
    assert changed("OrderStatus", "values", to=["PAID", "SOMETHING_NEW"]) == ["OrderStatus: SOMETHING_NEW"]
    assert changed("event order_created") == ["event order_created is gone"]
    optional = {"holds": "str", "required": False}
    assert changed("Order", "fields", "something_new", to=optional) == []


def test_every_kind_that_is_read_somewhere_has_a_form() -> None:
    read = {
        name
        for path in LAYER.rglob("*.py")
        for name in re.findall(r"\b(?:from_json|from_json_list|Place)\(([A-Z]\w+),", path.read_text())
    }
    assert len(read) > 15
    assert read <= set(STORED)
