"""`python -m local up | down | deploy | show | env | admin | listen | time`: the local system from the command line."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

from local import deploy, listener, merchants, processes, psps, system
from local.place import ROOT, Place, TroubleError
from local.system import say
from local.time_machine import pass_time

OWN_SERVER = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. A problem that the user can fix is reported in words, without a traceback."""
    options = parser().parse_args(arguments)
    place = Place(folder=Path(options.dir).resolve(), port=options.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # handle SIGTERM like Ctrl-C
    try:
        return int(options.run(place, options))
    except TroubleError as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Defines the command line."""
    common = argparse.ArgumentParser(add_help=False)
    folder = os.environ.get("TILLGATE_FOLDER", str(ROOT / ".local"))
    common.add_argument("--dir", default=folder, help="directory of this system")
    common.add_argument("--port", type=int, default=4566, help="port of the local cloud; the shop uses the next one")
    top = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = top.add_subparsers(required=True)

    command = commands.add_parser("up", parents=[common], help="start, build, deploy, make demo merchants")
    command.add_argument("--detach", action="store_true", help="return when ready instead of staying")
    command.add_argument("--enforce-iam", action="store_true", help="hold each function to its role")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the emulator")
    command.add_argument("--stripe", action="store_true", help="start what stands in for Stripe beside it")
    command.add_argument("--psp", choices=["", "stripe"], default="", help="where the first demo merchant's cards go")
    command.add_argument("--listen", type=own_server, metavar="URL", help="a server of yours that may be notified too")
    command.set_defaults(run=up)

    command = commands.add_parser("down", parents=[common], help="stop what `up --detach` started")
    command.set_defaults(run=down)
    command = commands.add_parser("deploy", parents=[common], help="rebuild, and deploy into the running system")
    command.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="of the template")
    command.set_defaults(run=redeploy)
    command = commands.add_parser("show", parents=[common], help="print the URLs to open")
    command.set_defaults(run=show)
    command = commands.add_parser("env", parents=[common], help="print what a shell needs to call the API")
    command.set_defaults(run=env)
    command = commands.add_parser("admin", parents=[common], help="call the function of the operators")
    command.add_argument("call", help="""'{"action": "list_work"}'""")
    command.set_defaults(run=admin)
    command = commands.add_parser("listen", parents=[common], help="print a demo merchant's events as they come")
    command.set_defaults(run=listen)
    command = commands.add_parser("time", parents=[common], help="let time pass for one order")
    command.add_argument("order", help="its order_key, or the first demo merchant's order_reference")
    command.add_argument("minutes", type=int)
    command.set_defaults(run=time)
    return top


def own_server(text: str) -> str | None:
    """The origin of a server on this machine, nothing more and nothing less."""
    if text and not OWN_SERVER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"is an origin on this machine, such as http://127.0.0.1:3000, and not {text}")
    return text or None


def up(place: Place, options: argparse.Namespace) -> int:
    """Starts the system; without --detach it stays until Ctrl-C."""
    if system.is_running(place):
        say("It is already running. `make stop` ends it, `make deploy` brings your changes into it.")
        return show(place, options)
    place = replace(place, with_stripe=options.stripe or options.psp == "stripe", listen=options.listen)
    extra = dict(each.split("=", 1) for each in options.set)
    stack = system.up(place, enforce_iam=options.enforce_iam, extra=extra)
    if options.psp == "stripe":
        psps.use_stripe(place, stack)
    say(system.greeting(stack))
    if not options.detach:
        say("Ctrl-C ends it.")
        system.stay(place)
    return 0


def down(place: Place, _: argparse.Namespace) -> int:
    """Stops the processes by their ids."""
    say("Stopped." if processes.end_all(place) else "Nothing was running.")
    return 0


def redeploy(place: Place, options: argparse.Namespace) -> int:
    """Deploys new code into a running system. Orders and merchants are kept."""
    before = _running(place)
    demo, own = before["merchants"], before.get("listen_urls", [])[1:]
    with_stripe = any(each["name"] == "stripe" for each in processes.running(place))
    place = replace(place, with_stripe=with_stripe, listen=own[0] if own else None)
    resources = deploy.deploy(place, *options.parameter)
    system.write(place, system.describe(place, demo), resources)  # here a changed route changes the address
    say("Deployed.")
    return 0


def show(place: Place, _: argparse.Namespace) -> int:
    """Prints the URLs of a running system."""
    if place.stack_file.exists():
        say(system.greeting(json.loads(place.stack_file.read_text())))
    else:
        say("Nothing is ready yet.")
    return 0


def env(place: Place, _: argparse.Namespace) -> int:
    """Prints lines for `eval`: the API's address, the first demo merchant, and a token that is valid for an hour."""
    stack = _running(place)
    merchant = stack["merchants"][0]
    names = {
        "API": stack["api_url"],
        "SHOP": stack["shop_url"],
        "TOKEN": merchants.token(stack["api_url"], merchant),
        "CLIENT_ID": merchant["client_id"],
        "CLIENT_SECRET": merchant["client_secret"],
        "SIGNING_SECRET": merchant["signing_secret"],
        "VENDOR_A": merchant["vendors"][0],
        "VENDOR_B": merchant["vendors"][1],
    }
    for name, value in names.items():
        say(f"export {name}={shlex.quote(value)}")
    return 0


def admin(place: Place, options: argparse.Namespace) -> int:
    """Does what an operator does on AWS with `aws lambda invoke`, and prints the answer."""
    _running(place)
    try:
        call = json.loads(options.call)
    except ValueError as error:
        raise TroubleError(f'The call is not JSON: {error}. For example: {{"action": "list_work"}}') from None
    function = json.loads(place.resources_file.read_text())["AdminFunctionAliaslive"]
    say(json.dumps(merchants.call(place, function, call), indent=2))
    return 0


def listen(place: Place, _: argparse.Namespace) -> int:
    """Prints the first demo merchant's events, verified, until Ctrl-C."""
    stack = _running(place)
    listener.listen(stack, stack["merchants"][0])
    return 0


def time(place: Place, options: argparse.Namespace) -> int:
    """Moves one order into the past, does what has become due, and says what came of it."""
    stack = _running(place)
    call = partial(merchants.call_api, stack["api_url"], merchants.token(stack["api_url"], stack["merchants"][0]))
    order_key = options.order
    if not order_key.startswith("ord_"):
        found = call("GET", f"/orders?order_reference={quote(order_key, safe='')}")["items"]
        if not found:
            raise TroubleError(f"The first demo merchant has no order {order_key}.")
        order_key = found[0]["order_key"]
    pass_time(place, order_key, timedelta(minutes=options.minutes))
    say(f"{options.minutes} minutes have passed for {order_key}.")
    with suppress(HTTPError):  # another merchant's
        order = call("GET", f"/orders/{order_key}")
        payments = ", ".join(f"{each['method']} {each['status']}" for each in order["payments"])
        say(f"It is {order['status']}" + (f"; {payments}." if payments else "."))
    return 0


def _running(place: Place) -> dict[str, Any]:
    """What the running system wrote down."""
    if not system.is_running(place):
        raise TroubleError("Nothing is running. Start it with `make run`.")
    stack: dict[str, Any] = json.loads(place.stack_file.read_text())
    return stack


if __name__ == "__main__":
    sys.exit(main())
