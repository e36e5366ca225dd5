"""Shows the personal data of an order at the desk: a function of its own, so that IAM can give it to few (GO-7, ONE-9).

`desk` shows the same order with it masked. Each look is in the log, and in the trail of invocations with who looked.
"""

import os
from typing import Any

from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.personal import page


def handler(event: dict[str, Any], context: Any) -> Any:
    """The widget's HTML, or its documentation when the console asks for it (`describe`)."""
    if event.get("describe"):
        return {"markdown": "Personal data of an order at Tillgate's desk; called by a button of it."}
    reads = str(event.get("reads", ""))
    return page(Asked(event, reads=reads, acts=os.environ["DESK_ACTIONS_ARN"]), context)
