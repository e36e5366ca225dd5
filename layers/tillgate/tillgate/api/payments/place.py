"""Where the payment of a path is stored."""

from tillgate.api.http.request import Request
from tillgate.domain.shared.identifiers import aggregate_key_of, parent_of


def place_of_payment(request: Request) -> tuple[str, str]:
    """The key of the order or vendor payment that has the payment, and the payment's id."""
    payment_id = request.path["payment_id"]
    key = aggregate_key_of(payment_id)
    order_key = request.path.get("order_key") or parent_of(key)
    return (key if parent_of(key) == order_key else order_key), payment_id
