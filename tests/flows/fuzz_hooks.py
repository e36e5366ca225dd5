"""Hooks of schemathesis: made-up URLs that would be taken lead to the demo shop, so that nobody else is ever called."""

import os
import re
from typing import Any

import schemathesis

WOULD_BE_TAKEN = re.compile(r"https?://[\w.-]+(:\d+)?(/\S*)?")
CALLED = ("notification_url", "update_url", "url")
SHOP = os.environ["TILLGATE_SHOP_URL"]


@schemathesis.hook
def before_call(context: object, case: Any, kwargs: object) -> None:
    led = to_the_shop(case.body)
    if led != case.body:  # a body that is set is judged anew, and none at all would be taken for a wrong one
        case.body = led


def to_the_shop(value: Any) -> Any:
    if isinstance(value, list):
        return [to_the_shop(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _shop(each) if name in CALLED else to_the_shop(each) for name, each in value.items()}


def _shop(url: Any) -> Any:
    taken = isinstance(url, str) and len(url) <= 1000 and WOULD_BE_TAKEN.fullmatch(url)
    return f"{SHOP}/notifications?made-up={abs(hash(url))}" if taken else url
