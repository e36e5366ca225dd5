"""Tells a merchant that an order changed: a call to the account's update URL with the reference alone (CM-6)."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import urllib3

from tillgate.wiring import System

TIMEOUT = urllib3.Timeout(connect=3, read=7)


class NotTaken(Exception):
    """The merchant's server did not answer 2xx; it is told again later."""


def notify_merchant(system: System, http: urllib3.PoolManager, merchant_id: str, order_reference: str) -> int | None:
    """Answers the HTTP status, None where the account has no update URL. Raises `NotTaken`."""
    merchant = system.merchants.merchant(merchant_id)
    if merchant is None or merchant.update_url is None:
        return None
    url = with_reference(merchant.update_url, order_reference)
    try:
        response = http.request("GET", url, timeout=TIMEOUT, retries=False, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        raise NotTaken(type(error).__name__) from None
    if not 200 <= response.status < 300:
        raise NotTaken(f"status {response.status}")
    return response.status


def with_reference(update_url: str, order_reference: str) -> str:
    """`?id=REFERENCE` appended; a query that is there is kept as it is."""
    parts = urlsplit(update_url)
    query = "&".join(part for part in (parts.query, urlencode({"id": order_reference})) if part)
    return urlunsplit(parts._replace(query=query))
