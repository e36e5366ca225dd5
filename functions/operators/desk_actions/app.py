"""What an operator does at the desk: actions on orders and notifications, each confirmed before (ONE-9).

The same actions as the function `admin` takes, with the same checks.
"""

from dataclasses import replace
from typing import Any

from tillgate.api.operators.actions import operator
from tillgate.api.operators.desk.acting import acted
from tillgate.api.operators.desk.asked import Asked
from tillgate.runtime.acting import acts


def handler(event: dict[str, Any], context: Any) -> Any:
    """The widget's HTML: what came of it, and the way back to the order."""
    if event.get("describe"):
        return {"markdown": "Called by the buttons of Tillgate's desk."}
    asked = Asked(event, reads=str(event.get("reads", "")), acts=context.invoked_function_arn)
    said = {name: asked.typed(name) for name in ("by", "reason")}
    acts(replace(operator("desk", said, context, asked.text("act")), saw=asked.marks))
    return acted(asked)
