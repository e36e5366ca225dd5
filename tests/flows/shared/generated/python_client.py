"""A shop's developer with a client that openapi-python-client has generated: pays, captures and refunds an order.

python python_client.py API_URL CLIENT_ID CLIENT_SECRET REFERENCE
"""

import sys

from generated import AuthenticatedClient, Client
from generated.api.orders import create_order, get_order
from generated.api.payments import capture_payment, refund_payment, start_payment
from generated.api.tokens import issue_token
from generated.models import (
    Capture,
    CreateOrder,
    Currency,
    IssueTokenBody,
    IssueTokenBodyGrantType,
    Method,
    Order,
    Payment,
    PayWith,
    Problem,
    Refund,
    StartPayment,
    Token,
)

api_url, client_id, client_secret, reference = sys.argv[1:]
asked = IssueTokenBody(IssueTokenBodyGrantType.CLIENT_CREDENTIALS, client_id, client_secret)
token = issue_token.sync(client=Client(api_url), body=asked)
assert isinstance(token, Token), token
client = AuthenticatedClient(api_url, token.access_token)

order = create_order.sync(client=client, body=CreateOrder(reference, 4999, Currency.EUR), idempotency_key=reference)
assert isinstance(order, Order), order
begun = StartPayment(Method.CARD, instrument=PayWith(token="tok_visa"))
payment = start_payment.sync(order.order_key, client=client, body=begun)
assert isinstance(payment, Payment), payment
captured = capture_payment.sync(order.order_key, payment.payment_id, client=client, body=Capture())
assert isinstance(captured, Payment), captured
refunded = refund_payment.sync(order.order_key, payment.payment_id, client=client, body=Refund(amount=1000))
assert isinstance(refunded, Payment), refunded
now = get_order.sync(order.order_key, client=client)
assert isinstance(now, Order), now
again = create_order.sync(client=client, body=CreateOrder(reference, 4999, Currency.EUR))
assert isinstance(again, Problem), again
sys.stdout.write(f"{now.status} {refunded.status} {now.amounts.refunded} {again.code}\n")
