"""`python -m local.shop PORT FOLDER`: serves until stopped. FOLDER is the local system's, with stack.json."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from functools import cache
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.place import HOST, Place
from local.shop.server import Handler
from local.shop.shop import Shop
from local.time_machine import pass_time
from tillgate_sdk import Tillgate


def main() -> None:
    """The shop's port is the cloud's port plus one."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    place = Place(folder, port - 1)
    inbox: list[dict[str, Any]] = []

    @cache
    def shop(stack: str) -> Shop:
        """Makes a new shop if a new deployment has changed the addresses. The inbox is kept."""
        found = json.loads(stack)
        merchant = found["merchants"][0]
        Handler.links = {"docs": found["docs_url"], "desk": found["desk_url"]}
        tillgate = Tillgate(found["api_url"], merchant["client_id"], merchant["client_secret"])
        return Shop(place.shop_url, tillgate, merchant["signing_secret"], inbox)

    Handler.find_shop = lambda: shop(place.stack_file.read_text())
    Handler.pass_time = lambda order_key, minutes: pass_time(place, order_key, timedelta(minutes=minutes))
    ThreadingHTTPServer((HOST, port), Handler).serve_forever()


if __name__ == "__main__":
    main()
