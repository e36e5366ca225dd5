"""Links into the AWS console: an order's log lines and executions."""

import os
from urllib.parse import quote

from tillgate.api.operators.desk.html import Html, tag
from tillgate.domain.orders.order import Order


def links(order: Order) -> Html | None:
    """None outside AWS, where there is no console."""
    region, group = os.environ.get("CONSOLE_REGION"), os.environ.get("FUNCTION_LOGS", "")
    if not region:
        return None
    home = f"https://{region}.console.aws.amazon.com"
    query = f'fields @timestamp, level, message | filter order_key = "{order.order_key}" | sort @timestamp'
    detail = f"~(editorString~'{_encoded(query)}~source~(~'{_encoded(group)})~start~-2592000~timeType~'RELATIVE)"
    logs = f"{home}/cloudwatch/home?region={region}#logsV2:logs-insights$3FqueryDetail$3D{detail}"
    table = f"{home}/dynamodbv2/home?region={region}#item-explorer?table={quote(os.environ['ORDERS_TABLE'])}"
    return tag(
        "p",
        tag("a", "Its log lines", href=logs, target="_blank"),
        " · ",
        tag("a", "The table", href=table, target="_blank"),
    )


def _encoded(text: str) -> str:
    """As the console writes values into its own URLs: each odd character as * and its code."""
    return "".join(each if each.isalnum() or each in "-_." else f"*{ord(each):02x}" for each in text)
