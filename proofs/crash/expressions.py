"""The DynamoDB expressions that the stores use; anything else is an error, never a guess.

condition    OR, AND, NOT, brackets, = <> < <= > >=, BETWEEN, attribute_exists, attribute_not_exists, begins_with,
             contains (of a set of numbers)
update       SET a = b | a = b + c | a = if_not_exists(a, b), REMOVE a, ADD a b
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

Item = dict[str, Any]
_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),+-]|[#:]?\w+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def _tokens(expression: str) -> list[str]:
    found, position, text = [], 0, expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"not understood: {text[position:]}")
        found.append(match[1])
        position = match.end()
    return found


def value_of(attribute: Mapping[str, Any]) -> Any:
    """A DynamoDB attribute as a comparable value; its type comes first, so that different types are never equal."""
    ((kind, value),) = attribute.items()
    return (kind, Decimal(value) if kind == "N" else value)


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, expression: str, call: Mapping[str, Any], item: Item) -> None:
        self.tokens = _tokens(expression)
        self.names: Mapping[str, str] = call.get("ExpressionAttributeNames", {})
        self.values: Mapping[str, Any] = call.get("ExpressionAttributeValues", {})
        self.item = item

    def take(self, expected: str | None = None) -> str:
        token = self.tokens.pop(0) if self.tokens else ""
        if not token or (expected is not None and token.upper() != expected):
            raise ValueError(f"{expected or 'more'} expected, found {token or 'the end'}")
        return token

    def sees(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[0].upper() in words

    def name(self) -> str:
        token = self.take()
        return self.names[token] if token.startswith("#") else token

    def operand(self) -> Any:
        """An attribute or a value, None if the item has no such attribute."""
        return self.values[self.take()] if self.tokens[0].startswith(":") else self.item.get(self.name())


class _Condition(_Reader):
    def any_of(self) -> bool:
        holds = self.all_of()
        while self.sees("OR"):
            self.take()
            holds = self.all_of() or holds
        return holds

    def all_of(self) -> bool:
        holds = self.one()
        while self.sees("AND"):
            self.take()
            holds = self.one() and holds
        return holds

    def one(self) -> bool:
        if self.sees("NOT"):
            self.take()
            return not self.one()
        if self.sees("("):
            self.take()
            holds = self.any_of()
            self.take(")")
            return holds
        if self.sees("ATTRIBUTE_EXISTS", "ATTRIBUTE_NOT_EXISTS", "BEGINS_WITH", "CONTAINS"):
            return self.function(self.take().lower())
        return self.comparison()

    def function(self, function: str) -> bool:
        self.take("(")
        attribute = self.item.get(self.name())
        given = None
        if function in ("begins_with", "contains"):
            self.take(",")
            given = self.operand()
        self.take(")")
        if function == "begins_with":
            return attribute is not None and given is not None and attribute["S"].startswith(given["S"])
        if function == "contains":
            return attribute is not None and given is not None and given["N"] in attribute["NS"]
        return (attribute is not None) == (function == "attribute_exists")

    def comparison(self) -> bool:
        left = self.operand()
        if self.sees("BETWEEN"):
            self.take()
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return _holds(">=", left, low) and _holds("<=", left, high)
        return _holds(self.take(), left, self.operand())


def _holds(comparator: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return comparator == "<>" and left is not right
    one, other = value_of(left), value_of(right)
    return one[0] == other[0] and _COMPARE[comparator](one[1], other[1])


def holds(expression: str | None, call: Mapping[str, Any], item: Item | None) -> bool:
    """Whether a condition holds for an item; None means no item."""
    if not expression:
        return True
    reader = _Condition(expression, call, item or {})
    result = reader.any_of()
    if reader.tokens:
        raise ValueError(f"not understood: {reader.tokens}")
    return result


class _Update(_Reader):
    def run(self) -> Item:
        after = dict(self.item)
        while self.tokens:
            clause = self.take().upper()
            while True:
                getattr(self, clause.lower())(after)
                if not self.sees(","):
                    break
                self.take()
        return after

    def set(self, after: Item) -> None:
        name = self.name()
        self.take("=")
        value = self.right_side()
        if self.sees("+", "-"):
            sign = 1 if self.take() == "+" else -1
            value = _sum(value, self.right_side(), sign)
        after[name] = value

    def right_side(self) -> Any:
        if not self.sees("IF_NOT_EXISTS"):
            return self.operand()
        self.take()
        self.take("(")
        there = self.operand()
        self.take(",")
        otherwise = self.operand()
        self.take(")")
        return otherwise if there is None else there

    def remove(self, after: Item) -> None:
        after.pop(self.name(), None)

    def add(self, after: Item) -> None:
        name, given = self.name(), self.operand()
        if "NS" in given:
            after[name] = {"NS": sorted({*self.item.get(name, {"NS": []})["NS"], *given["NS"]})}
        else:
            after[name] = _sum(self.item.get(name, {"N": "0"}), given, 1)


def _sum(left: Any, right: Any, sign: int) -> Item:
    return {"N": str(Decimal(left["N"]) + sign * Decimal(right["N"]))}


def updated(expression: str, call: Mapping[str, Any], item: Item) -> Item:
    """The item after an update."""
    return _Update(expression, call, item).run()
