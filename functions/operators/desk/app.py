"""The operators' desk: what the custom widgets of the CloudWatch dashboard show (ONE-9). It changes nothing.

What changes something is another function, `desk_actions`, so that IAM can give somebody the first alone.
"""

import os
from typing import Any

from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.views import VIEWS, page


def handler(event: dict[str, Any], context: Any) -> Any:
    """The widget's HTML, or its documentation when the console asks for it (`describe`)."""
    if event.get("describe"):
        return {"markdown": f"Tillgate's desk. Parameter `view`: one of {', '.join(VIEWS)}."}
    return page(Asked(event, reads=context.invoked_function_arn, acts=os.environ["DESK_ACTIONS_ARN"]))
