"""Links into the AWS console: an order's executions, log lines, traces and item."""

import os
from collections.abc import Iterator
from urllib.parse import quote

from tillgate.api.operators.desk.html import Html, tag
from tillgate.domain.orders.deadlines import unwinding, windows
from tillgate.domain.orders.order import Order

_DAYS_OF_LOGS = 30
_HOURS_OF_TRACES = 30 * 24  # X-Ray keeps them for thirty days


def links(order: Order) -> Html | None:
    """None outside AWS, where there is no console."""
    region = os.environ.get("CONSOLE_REGION")
    if not region:
        return None
    home = f"https://{region}.console.aws.amazon.com"
    parts: list[object] = []
    for label, place in _places(order, region):
        parts += [" · "] if parts else []
        parts += [tag("a", label, href=f"{home}/{place}", target="_blank")]
    return tag("p", parts)


def _places(order: Order, region: str) -> Iterator[tuple[str, str]]:
    yield "Its log lines", _logs(order, region)
    yield "Its traces", _traces(order, region)
    for label, name, variable in _executions(order):
        execution = os.environ[variable].replace(":stateMachine:", ":execution:") + f":{name}"
        yield label, f"states/home?region={region}#/v2/executions/details/{execution}"
    machine = os.environ["LINKED_WINDOWS"]
    yield "All windows", f"states/home?region={region}#/statemachines/view/{machine}"
    table = quote(os.environ["ORDERS_TABLE"])
    yield "The table", f"dynamodbv2/home?region={region}#item-explorer?table={table}"


def _executions(order: Order) -> Iterator[tuple[str, str, str]]:
    """Those that it waits for now. One that is paid within minutes never has one (ADR 130)."""
    for number, name in enumerate(windows(order), start=1):
        yield f"Its window {number}", name, "LINKED_WINDOWS"
    if unwinds := unwinding(order):
        yield "Its unwinding", unwinds, "LINKED_UNWINDINGS"


def _logs(order: Order, region: str) -> str:
    query = f'fields @timestamp, level, message | filter order_key = "{order.order_key}" | sort @timestamp'
    seconds = _DAYS_OF_LOGS * 86_400
    source = f"~(editorString~'{_encoded(query)}~source~(~'{_encoded(os.environ.get('FUNCTION_LOGS', ''))})"
    return (
        f"cloudwatch/home?region={region}#logsV2:logs-insights$3FqueryDetail$3D"
        f"{source}~start~-{seconds}~timeType~'RELATIVE)"
    )


def _traces(order: Order, region: str) -> str:
    """Calls of PSPs are annotated with the payment, whose id begins as the order's (ADR 153)."""
    payments = order.order_key.replace("ord_", "pay_", 1)
    query = f'annotation.order_key = "{order.order_key}" OR annotation.payment_id BEGINSWITH "{payments}_"'
    milliseconds = _HOURS_OF_TRACES * 3_600_000
    return (
        f"cloudwatch/home?region={region}#xray:traces/query?~(query~(expression~'{_encoded(query)})"
        f"~context~(timeRange~(delta~{milliseconds})))"
    )


def _encoded(text: str) -> str:
    """As the console writes values into its own URLs: each odd character as * and its code."""
    return "".join(each if each.isalnum() or each in "-_." else f"*{ord(each):02x}" for each in text)
