"""One local system: starting it, stopping it, describing it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from local import aws, deploy, emulator, merchants, processes, psps
from local.place import REGION, ROOT, Place
from local.warm import warm

LINKS_PARAMETER = "/tillgate/local/links"


def up(place: Place, *, enforce_iam: bool, extra: Mapping[str, str]) -> dict[str, Any]:
    """Brings a system up from nothing. If a step fails, everything that was started is stopped again."""
    began = time.monotonic()
    try:
        for port in (place.shop_port, place.desk_port):
            processes.free_port(port)
        say("Starting the local cloud, building template.yaml ...")
        with ThreadPoolExecutor(1) as beside:
            building = beside.submit(deploy.build, place)
            emulator.start(place, enforce_iam=enforce_iam, extra=extra)
            start_beside(place, "shop", place.shop_port)
            start_beside(place, "desk", place.desk_port)
            if place.with_stripe:
                psps.start_stripe(place)
            building.result()
            say("Deploying ...")
            resources = deploy.deploy_built(place)
            say("Warming up, creating two demo merchants ...")
            warming = beside.submit(warm, place, resources, links_of(place)["psp_url"])
            stack = describe(place, merchants.make_all(place, resources["AdminFunctionAliaslive"]))
            warming.result()
        write(place, stack, resources)
    except BaseException:
        processes.end_all(place)
        raise
    say(f"Ready after {time.monotonic() - began:.0f} s.")
    return stack


def start_beside(place: Place, name: str, port: int) -> None:
    """Starts the demo merchant's shop or the operators' desk: programs of their own, as they would be in life."""
    command = [sys.executable, "-m", f"local.{name}", str(port), str(place.folder)]
    processes.start(place, name, command, {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)})


def describe(place: Place, demo_merchants: list[dict[str, Any]]) -> dict[str, Any]:
    """The URLs and credentials that a client needs: the content of `.local/stack.json`."""
    links = links_of(place)
    return {
        "api_url": links["api_url"],
        "menu_url": f"{links['api_url']}/pay",
        "docs_url": f"{links['api_url']}/docs",
        "shop_url": place.shop_url,
        "desk_url": place.desk_url,
        "listen_urls": place.listen_urls,
        "psp_url": links["psp_url"],
        "endpoint_url": place.endpoint_url,
        "region": REGION,
        "merchants": demo_merchants,
    }


def links_of(place: Place) -> dict[str, str]:
    """The URLs in the deployed stack's outputs."""
    parameter = aws.client(place, "ssm").get_parameter(Name=LINKS_PARAMETER)
    links: dict[str, str] = json.loads(parameter["Parameter"]["Value"])
    return links


def write(place: Place, stack: dict[str, Any], resources: dict[str, str]) -> None:
    """Writes both files. The one that clients wait for is written last, and atomically."""
    place.resources_file.write_text(json.dumps(resources, indent=2) + "\n")
    draft = place.stack_file.with_suffix(".tmp")
    draft.write_text(json.dumps(stack, indent=2) + "\n")
    draft.chmod(0o600)
    draft.rename(place.stack_file)


def is_running(place: Place) -> bool:
    """Whether a system is running or starting in this folder."""
    return bool(processes.running(place))


def stay(place: Place) -> None:
    """Waits until Ctrl-C, or until a process exits."""
    expected = len(processes.running(place))
    try:
        while len(processes.running(place)) == expected:
            time.sleep(0.5)
        say(f"A process has exited unexpectedly; see {place.folder / 'logs'}")
    except KeyboardInterrupt:
        say("\nStopping ...")
    finally:
        processes.end_all(place)


def greeting(stack: dict[str, Any]) -> str:
    """The URLs to open, and a first call to try."""
    return f"""
  API    {stack["api_url"]}
  Shop   {stack["shop_url"]}
  Desk   {stack["desk_url"]}
  Docs   {docs_link(stack)}
  AWS    {stack["endpoint_url"]}  (region {stack["region"]}, any credentials)
  Yours  {" ".join(stack["listen_urls"])}  (may be notified; `make listen` waits at the first)

A first call, in another shell:

  eval "$(make -s env)"
  curl -s $API/orders -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{{"order_reference": "first-'$(date +%s)-$RANDOM'", "amount": 4999, "currency": "EUR"}}'
"""


def docs_link(stack: dict[str, Any]) -> str:
    """The reference, ready to try calls as the first demo merchant: a fragment stays in the browser."""
    client = {name: stack["merchants"][0][name] for name in ("client_id", "client_secret")}
    return f"{stack['docs_url']}#{urlencode(client)}"


def say(text: str) -> None:
    """Prints to the terminal without buffering."""
    print(text, flush=True)
