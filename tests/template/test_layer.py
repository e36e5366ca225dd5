"""The layer keeps of botocore what the code calls, no more and no less."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import botocore
import pytest
import stdnum

from tests.conftest import ROOT

INSTALLED = Path(botocore.__file__).parent
STDNUM = Path(stdnum.__file__).parent
KEPT = {
    "dynamodb",
    "sqs",
    "_retry.json",
    "endpoints.json",
    "partitions.json",
    "sdk-default-configuration.json",
}

CLIENT = re.compile(r"""\bclient\("([a-z0-9]+)"\)""")


def test_the_layer_keeps_the_services_that_the_code_calls() -> None:
    sources = [*(ROOT / "layers" / "tillgate").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    called = {service for source in sources for service in CLIENT.findall(source.read_text())}
    makefile = (ROOT / "layers" / "dependencies" / "Makefile").read_text()
    kept = re.search(r"^SERVICES := (.+)$", makefile, re.MULTILINE)
    assert kept is not None
    assert set(kept[1].split()) == called


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of botocore and stdnum after `trim`, with two services."""
    folder = tmp_path_factory.mktemp("layer")
    wanted = shutil.ignore_patterns("__pycache__", *(set(os.listdir(INSTALLED / "data")) - KEPT))
    shutil.copytree(INSTALLED, folder / "botocore", ignore=wanted)
    shutil.copytree(STDNUM, folder / "stdnum")
    subprocess.run([sys.executable, ROOT / "layers/dependencies/trim.py", folder, "dynamodb"], check=True)
    return folder


def run(folder: Path, program: str) -> str:
    environment = {"PYTHONPATH": str(folder), "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_account_numbers_are_checked_without_the_countries_own_numbers(trimmed: Path) -> None:
    program = "import stdnum; from stdnum import iban, iso11649\n"
    program += "print(stdnum.__file__, iso11649.is_valid('RF18539007547034'), "
    program += "[iban.is_valid(each, check_country=False) for each in ('BE68539007547034', 'BE68539007547035')])"
    assert run(trimmed, program) == f"{trimmed}/stdnum/__init__.py True [True, False]"
    assert not (trimmed / "stdnum" / "be").exists()


CLIENT_MADE = "import sys, botocore.session as b; c = b.get_session().create_client('dynamodb', 'eu-west-1')\n"


def test_a_trimmed_client_knows_its_endpoint_and_operations(trimmed: Path) -> None:
    told = run(trimmed, CLIENT_MADE + "print(c.meta.endpoint_url, len(c.meta.service_model.operation_names))")
    assert told.split()[0] == "https://dynamodb.eu-west-1.amazonaws.com"
    assert int(told.split()[1]) > 50
    assert sorted(os.listdir(trimmed / "botocore/data")) == sorted(KEPT - {"sqs"})


def test_the_writer_of_docstrings_is_loaded_by_who_reads_one(trimmed: Path) -> None:
    loaded = "print('botocore.docs.bcdoc.restdoc' in sys.modules)\n"
    assert run(trimmed, CLIENT_MADE + loaded + "str(c.get_item.__doc__)\n" + loaded).split() == ["False", "True"]


def test_what_is_not_as_it_was_is_told(trimmed: Path) -> None:
    """A botocore that loads its docstrings another way is not trimmed in silence."""
    command = [sys.executable, str(ROOT / "layers/dependencies/trim.py"), str(trimmed), "dynamodb"]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode != 0


def test_a_trimmed_model_keeps_what_a_client_is_made_of(tmp_path: Path) -> None:
    """S3 has settings of its own, whose documentation botocore reads whenever it makes a client."""
    folder = tmp_path / "botocore"
    shutil.copytree(Path(botocore.__file__).parent, folder, ignore=lambda path, names: left_out(path, names, "s3"))
    shutil.copytree(STDNUM, tmp_path / "stdnum")
    subprocess.run([sys.executable, ROOT / "layers/dependencies/trim.py", tmp_path, "s3"], check=True)
    (model,) = (folder / "data" / "s3").glob("*/service-2.json")
    assert all("documentation" in each for each in json.loads(model.read_text())["clientContextParams"].values())


def left_out(path: str, names: list[str], service: str) -> set[str]:
    """The other services' folders, which are many."""
    if Path(path).name != "data":
        return set()
    return {name for name in names if (Path(path) / name).is_dir() and name != service}
