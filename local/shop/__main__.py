"""`python -m local.shop PORT FOLDER`: serves until it is ended. FOLDER is the local system's, with its stack.json."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from functools import cache
from http.server import ThreadingHTTPServer
from pathlib import Path

from local.place import HOST, Place
from local.shop.server import Handler
from local.shop.shop import Shop
from local.shop.tillgate import Tillgate
from local.time_machine import pass_time


def main() -> None:
    """The shop stands right beside the cloud: its port is the cloud's and one."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    place = Place(folder, port - 1)
    inbox: list[dict[str, object]] = []

    @cache
    def shop(stack: str) -> Shop:
        """A new one when the system was deployed anew and has other addresses; what it was told stays."""
        found = json.loads(stack)
        merchant = found["merchants"][0]
        tillgate = Tillgate(found["api_url"], merchant["client_id"], merchant["client_secret"])
        return Shop(place.shop_url, tillgate, merchant["signing_secret"], inbox)

    Handler.find_shop = lambda: shop(place.stack_file.read_text())
    Handler.pass_time = lambda order_key, minutes: pass_time(place, order_key, timedelta(minutes=minutes))
    ThreadingHTTPServer((HOST, port), Handler).serve_forever()


if __name__ == "__main__":
    main()
