"""The failed attempts of one order (US-3). It knows them itself: counting costs nothing, and no race can miss one."""

from datetime import datetime

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.attempts import WINDOW, Subject, Tally, is_failure
from tillgate.domain.shared.refusals import TooSoon


def check_attempts(order: Order, free: int, now: datetime) -> None:
    """Raises `TooSoon` while the pause after the order's last failed payment lasts."""
    failed = [each.updated_at for each in order.payments if is_failure(each.status, each.reason_code)]
    recent = [at for at in failed if at > now - WINDOW]
    if not recent:
        return
    wait = Subject(order.merchant_id, "order", order.order_key, free).wait(Tally(len(recent), max(recent)), now)
    if wait:
        raise TooSoon("too many attempts to pay this order failed; wait before the next one", wait)
