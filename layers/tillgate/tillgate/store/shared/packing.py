"""Documents in items, packed where that saves a write unit: DynamoDB charges for each started KB of an item.

They are compressed with a dictionary of what our documents consist of; without one, texts this short hardly shrink. A
dictionary belongs to what was written with it and stays for ever: a new one is added, with a new mark.
"""

import zlib
from typing import Any

from tillgate.store.shared.sizes import size_of

Item = dict[str, Any]

PACKED_ABOVE = 1024  # bytes of an item: up to here it costs the least, and can be read in the console
# The attributes that are packed, and which one each has much in common with: an order's creation with the order.
DOCUMENTS = {"order": None, "waiting": "order", "events": None, "earlier": "events"}
_PLAIN = b"\x78"  # the first byte of zlib's own format: how large documents were stored before
_ALONE, _BESIDE = b"\x01", b"\x02"
_REACH = 24_000  # bytes of another document that are in reach, beside the dictionary

# The most frequent last: it is reached with the shortest distance.
_DICTIONARY = b"".join(
    (
        b'"customer":{"name":"","email":"","phone":"","address":{"line1":"","city":"","postal_code":"","country":"',
        b'"expires_at":"2030-01-01T12:00:00.000000Z","invoice":{"asked":1,"asked_at":"","sent":1,"sent_at":"',
        b'"kind":"technical","share":{"vendor_id":"ven_","technical_payment_id":"pay_","fee":0,"split_id":"spl_',
        b'"vendors":{"authorized":0,"captured":0,"cancelled":0,"refunded":0,"ending":{"target":"EXPIRED","actor":"system',
        b'"reason_code":"CANCELLED_BY_PAYER","REFUSED","INSUFFICIENT_AMOUNT","PSP_ERROR","status":"FAILED","next_check_at":"',
        b'"type":"refund","reason":"","type":"cancel","refunded":,"cancelled":,"status":"REFUNDED","PARTIALLY_CAPTURED',
        b'"ending_begun","amount_changed","metadata_changed","check_put_off","fact_refused","settlement_reported',
        b'"shopper_key":"sho_","address_key":"adr_","locale":"en","methods":["card","gift_card","bank_redirect"],',
        b'"description":"","notification_url":"https://","metadata":{"cart":"',
        b'"terms":{"items":[{"name":"Shipping","quantity":1,"amount":1000,"unit_amount":,"sku":"},{"kind":"product",',
        b'"return_urls":{"success":"https://shop.example/checkout/thanks","aborted":"https://shop.example/checkout/cart",',
        b'"error":"https://shop.example/checkout/error"},"on_failed_tender":"keep"},"kind":"single","refunds_commission":',
        b'"kept","type":"order_created"}],{"payment_id":"pay_","method":"card","connector":"sandbox",',
        b'"refund_before_settled":true,"named":false,"type":"payment_started"},"operation":"capture","operation":"authorize",',
        b'"actor":"merchant","final":true,"final":false,"fee":0,"type":"operation_requested"}],"redirect":{"url":"https://',
        b'","http_method":"GET","parameters":{}},"waits_until":"surplus":false,"captured":false,"as_of":"',
        b'"expires_at":"2030-01-01T12:00:00.000000Z","type":"outcome_learned"}],"AWAITING_SHOPPER","PENDING","CREATED",',
        b'{"order_key":"ord_","merchant_id":"mer_","order_reference":"","amount":,"currency":"EUR","capture":"manual",',
        b'"capture":"auto","created_at":"2030-01-01T12:00:00.000000Z","updated_at":"2030-01-01T12:00:00.000000Z","status":',
        b'"UNPAID","status":"AUTHORIZED","status":"PAID","version":,"payments":[{"payment_id":"pay_","status":"CAPTURED",',
        b'"operations":[{"operation_id":"pay_","type":"capture","type":"authorize","amount":,"status":"SUCCEEDED",',
        b'"requested_at":"2030-01-01T12:00:00.000000Z","requested_by":"merchant","psp_reference":"psp_","as_of":"2030-01-01T',
        b'"}],"authorized":,"captured":,"brand":"visa","psp_reference":"psp_","authorization_expires_at":"2030-01-01T12:',
        b'"}],"covered_once":true,"safe":{"level":"AUTHORIZED","since":"2030-01-01T12:00:00.000000Z"}}',
    )
)


def packed(item: Item) -> Item:
    """The item as stored: its documents are packed if it is larger than what costs the least (ADR 131)."""
    if size_of(item) <= PACKED_ABOVE:
        return item
    texts = {name: item[name]["S"] for name in DOCUMENTS if "S" in item.get(name, {})}
    return item | {name: pack(text, texts.get(DOCUMENTS[name] or "", "")) for name, text in texts.items()}


def unpacked(item: Item) -> Item:
    """The item with its documents as texts."""
    return item | {name: {"S": text_of(item, name)} for name in DOCUMENTS if name in item}


def text_of(item: Item, name: str) -> str:
    beside = DOCUMENTS[name]
    return unpack(item[name], text_of(item, beside) if beside and beside in item else "")


def pack(text: str, beside: str = "") -> Item:
    """The text as a binary value of DynamoDB. What it has in common with the text `beside` it is not stored again."""
    mark, dictionary = (_BESIDE, _with(beside)) if beside else (_ALONE, _DICTIONARY)
    squeezing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=dictionary)
    return {"B": mark + squeezing.compress(text.encode()) + squeezing.flush()}


def unpack(value: Item, beside: str = "") -> str:
    """The text of a value that is a string, was packed, or was compressed before there was a dictionary."""
    if "S" in value:
        return str(value["S"])
    stored = bytes(value["B"])
    if stored[:1] == _PLAIN:
        return zlib.decompress(stored).decode()
    if stored[:1] not in (_ALONE, _BESIDE):
        raise ValueError("packed with a dictionary that this release does not know")
    dictionary = _with(beside) if stored[:1] == _BESIDE else _DICTIONARY
    return zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary).decompress(stored[1:]).decode()


def _with(beside: str) -> bytes:
    return _DICTIONARY + beside.encode()[:_REACH]
