"""The demo merchant's shop: what a merchant builds with Tillgate, in as few lines as possible, to copy from.

    tillgate.py   calls to the API, verification of signed events
    shop.py       checkout, the shopper's return, notifications, capture, cancel and refund
    server.py     one method per page or button          pages.py, shop.css    their appearance

It uses the standard library only. Copy the first two modules; your web framework does the rest.
"""
