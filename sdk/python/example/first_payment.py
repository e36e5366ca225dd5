"""An order, paid with a card of the sandbox and captured. README.md says how it is started."""

import os
import uuid

from tillgate_sdk import Tillgate

reference = f"first-{uuid.uuid4().hex[:12]}"  # yours, used once
with Tillgate(os.environ["API"], os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]) as tillgate:
    order = tillgate.create_order({"order_reference": reference, "amount": 4999, "currency": "EUR"})
    key = order["order_key"]
    payment = tillgate.start_payment(key, {"method": "card", "instrument": {"token": "tok_visa"}})
    payment = tillgate.capture_payment(key, payment["payment_id"])
    print(payment["payment_id"], payment["status"])
