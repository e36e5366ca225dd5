"""`python -m local up | down | deploy | show`: the local system from the command line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from local import deploy, merchants, processes, system
from local.place import ROOT, Place, TroubleError
from local.system import say


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
    common.add_argument("--dir", default=str(ROOT / ".local"), help="directory of this system")
    common.add_argument("--port", type=int, default=4566, help="port of the local cloud; the shop uses the next one")
    top = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = top.add_subparsers(required=True)

    command = commands.add_parser("up", parents=[common], help="start, build, deploy, make demo merchants")
    command.add_argument("--detach", action="store_true", help="return when ready instead of staying")
    command.add_argument("--enforce-iam", action="store_true", help="hold each function to its role")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the emulator")
    command.set_defaults(run=up)

    command = commands.add_parser("down", parents=[common], help="stop what `up --detach` started")
    command.set_defaults(run=down)
    command = commands.add_parser("deploy", parents=[common], help="rebuild, and deploy into the running system")
    command.set_defaults(run=redeploy)
    command = commands.add_parser("show", parents=[common], help="print the URLs to open")
    command.set_defaults(run=show)
    command = commands.add_parser("env", parents=[common], help="print API and TOKEN of the first demo merchant")
    command.set_defaults(run=env)
    return top


def up(place: Place, options: argparse.Namespace) -> int:
    """Starts the system; without --detach it stays until Ctrl-C."""
    if system.is_running(place):
        say("It is already running. `make stop` ends it, `make deploy` brings your changes into it.")
        return show(place, options)
    extra = dict(each.split("=", 1) for each in options.set)
    stack = system.up(place, enforce_iam=options.enforce_iam, extra=extra)
    say(system.greeting(stack))
    if not options.detach:
        say("Ctrl-C ends it.")
        system.stay(place)
    return 0


def down(place: Place, _: argparse.Namespace) -> int:
    """Stops the processes by their ids."""
    say("Stopped." if processes.end_all(place) else "Nothing was running.")
    return 0


def redeploy(place: Place, _: argparse.Namespace) -> int:
    """Deploys new code into a running system. Orders and merchants are kept."""
    if not system.is_running(place):
        raise TroubleError("Nothing is running. Start it with `make run`.")
    merchants = json.loads(place.stack_file.read_text())["merchants"]
    resources = deploy.deploy(place)
    system.write(place, system.describe(place, merchants), resources)  # here a changed route changes the address
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
    """Prints lines for `eval`: the API's address, and a token that is valid for an hour."""
    if not system.is_running(place):
        raise TroubleError("Nothing is running. Start it with `make run`.")
    stack = json.loads(place.stack_file.read_text())
    say(f"API={stack['api_url']} TOKEN={merchants.token(stack['api_url'], stack['merchants'][0])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
