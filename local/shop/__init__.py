"""The demo merchant's shop: what a merchant builds with Tillgate, in as few lines as possible, to be copied.

    tillgate.py   calls of the API, and whether a message is genuine
    shop.py       checkout, the shopper's return, notifications, capture, cancel and refund
    server.py     one method a page or button          pages.py, shop.css    what they look like

Standard library only. The first two are what you would copy; the rest is what your framework does for you.
"""
