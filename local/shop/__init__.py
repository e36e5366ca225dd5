"""The demo merchant's shop: what a merchant builds with Tillgate, in as few lines as possible, to copy from.

    shop.py       checkout, the shopper's return, notifications, capture, cancel and refund
    server.py     one method per page or button
    goods.py      what is sold
    layout.py, storefront.py, counter.py, words.py, shop.css    how it all looks and reads

It calls Tillgate with the Python SDK, `sdk/python`. Copy the first module, which is under 200 lines; your web framework
does the rest. The shop shows it at /source.
"""
