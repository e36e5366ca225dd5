"""Builds the template and deploys it into the local cloud, with the SAM CLI as on AWS."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path

import yaml

from local import aws
from local.place import REGION, ROOT, STACK_NAME, VENVS, Place, TroubleError

ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}


def deploy(place: Place, *parameters: str) -> dict[str, str]:
    """Builds and deploys. Returns the physical names of the stack's resources by their logical ids."""
    build(place)
    return deploy_built(place, *parameters)


def deploy_built(place: Place, *others: str) -> dict[str, str]:
    """Deploys what `build` has built; `others`: further parameters, `Name=value`."""
    parameters = [*overrides(place), *others]
    definitions_as_json(place)
    with_defaults(place, parameters)
    make_bucket(place)
    template = place.build_folder / "template.yaml"
    sam(place, "deploy", "--template-file", str(template), "--parameter-overrides", *parameters)
    verify_sender(place, parameters)
    return resources(place)


def settings() -> dict[str, dict[str, object]]:
    """The `local` section of samconfig.toml."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    local: dict[str, dict[str, object]] = {name: part["parameters"] for name, part in config["local"].items()}
    return local


def overrides(place: Place) -> list[str]:
    """The parameters from samconfig.toml, and those that depend on the machine."""
    fixed = settings()["deploy"]["parameter_overrides"]
    if not isinstance(fixed, list):
        raise TroubleError("samconfig.toml: parameter_overrides of [local.deploy.parameters] is a list")
    architecture = ARCHITECTURES[platform.machine().lower()]
    return [
        *fixed,
        f"Architecture={architecture}",
        f"LocalEndpoint={place.endpoint_url}",
        f"LocalReceivers={','.join((place.shop_url, *place.listen_urls))}",
        *([f"LocalStandIns=stripe={place.stripe_url}"] if place.with_stripe else []),  # SAM refuses an empty value
    ]


def build(place: Place) -> None:
    """Runs `sam build` into the folder of this system, so that two systems never share a build."""
    cache = place.folder / "sam" / "cache"
    sam(
        place,
        "build",
        *("--template-file", str(ROOT / "template.yaml")),
        *("--build-dir", str(place.build_folder)),
        *("--cache-dir", str(cache)),
        *("--parameter-overrides", *overrides(place)),
    )


def definitions_as_json(place: Place) -> None:
    """Converts the built state machine definitions: AWS reads YAML, the emulator only JSON."""
    template = place.build_folder / "template.yaml"

    def rewritten(match: re.Match[str]) -> str:
        source = (place.build_folder / match[2]).resolve()
        target = place.build_folder / Path(match[2]).with_suffix(".json").name
        target.write_text(json.dumps(yaml.safe_load(source.read_text()), indent=2))
        return f"{match[1]}{target.name}"

    template.write_text(re.sub(r"(DefinitionUri: )(\S+\.asl\.yaml)", rewritten, template.read_text()))


def with_defaults(place: Place, parameters: list[str]) -> None:
    """Makes values the defaults of their parameters: the emulator transforms by defaults alone, so that another value
    would make no new version of a function. It has no CodeDeploy."""
    template = place.build_folder / "template.yaml"
    text = template.read_text()
    for each in [*parameters, "Canary=false"]:
        name, _, value = each.partition("=")
        default = re.compile(rf"(\n  {name}:\n(?:    .*\n)*?    Default: ).*")
        told = json.dumps(value).replace("\\", "\\\\")
        text, found = default.subn(rf"\g<1>{told}", text, count=1)
        if found != 1:
            raise TroubleError(f"template.yaml: the parameter {name} was not found")
    template.write_text(text)


def make_bucket(place: Place) -> None:
    """Makes the bucket where `sam deploy` puts the zipped code."""
    s3 = aws.client(place, "s3")
    name = str(settings()["deploy"]["s3_bucket"])
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


def verify_sender(place: Place, parameters: list[str]) -> None:
    """Verifies the sender, as an operator does once on AWS: SES sends only from verified addresses."""
    mail = aws.client(place, "sesv2")
    for sender in (each.partition("=")[2] for each in parameters if each.startswith("InvoiceSender=")):
        with suppress(mail.exceptions.AlreadyExistsException):
            mail.create_email_identity(EmailIdentity=sender)


def resources(place: Place) -> dict[str, str]:
    """Physical names by logical ids."""
    answer = aws.client(place, "cloudformation").describe_stack_resources(StackName=STACK_NAME)
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in answer["StackResources"]}


def sam(place: Place, command: str, *arguments: str) -> None:
    """Runs the SAM CLI. Its output goes to a log, and to the terminal only if it fails."""
    log = place.log(f"sam-{command}")
    log.parent.mkdir(parents=True, exist_ok=True)
    program = str(VENVS / "sam" / "bin" / "sam")
    config = ("--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local")
    result = subprocess.run(
        [program, command, *config, *arguments],
        cwd=ROOT,
        env=aws.environment(place),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    log.write_text(result.stdout + result.stderr)
    if result.returncode != 0:
        end = "\n".join(log.read_text().splitlines()[-25:])
        raise TroubleError(f"sam {command} failed:\n\n{end}\n\nThe complete output is in {log}")
