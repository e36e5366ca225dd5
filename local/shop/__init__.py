"""The demo merchant's shop: what a merchant builds with Tillgate, in as few lines as possible, to be copied.

    tillgate.py   the API's client          pages.py    what the shopper and the shopkeeper see
    inbox.py      what Tillgate has told    server.py   one function a page or button

Standard library only. It remembers in memory only; the truth about an order is always asked of Tillgate.
"""
