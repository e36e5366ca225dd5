"""Which connectors there are: ours and those of other packages, as data (IS-1); and with whose account."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from tests.connectors.host.conftest import NoMerchants
from tillgate.connectors.host import credentials, registry
from tillgate.connectors.host.connecting import Connectors
from tillgate.connectors.host.credentials import Whose
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import NotSent
from tillgate.runtime.aws import client

INDEXER = Path(__file__).resolve().parents[3] / "layers/dependencies/index.py"


class Around:
    api_url = "https://api.example.com/v1"
    seconds = 0.0
    connections = seal = NoMerchants()

    def now(self) -> Any:
        raise AssertionError("not asked here")

    def clock(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STAND_INS", "PSP_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    credentials.forget()
    registry._others.cache_clear()
    registry._load.cache_clear()


def test_what_is_made_for_development_is_not_there_without_its_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production the sandbox does not exist."""
    assert "sandbox" not in [each.name for each in registry.manifests()]
    with pytest.raises(KeyError):
        registry.manifest("sandbox")
    monkeypatch.setenv("STAND_INS", "sandbox=http://127.0.0.1:1")
    assert registry.manifest("sandbox").local
    assert "sandbox" in [each.name for each in registry.manifests()]


def test_one_variable_names_all_stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a connector that is new needs nothing in the template."""
    assert registry.stand_in("stripe") == ""
    monkeypatch.setenv("STAND_INS", "acme=http://127.0.0.1:1,stripe=http://127.0.0.1:2")
    assert (registry.stand_in("stripe"), registry.stand_in("acme")) == ("http://127.0.0.1:2", "http://127.0.0.1:1")
    assert registry.stand_in("sandbox") == ""


def test_one_that_nobody_has_is_none() -> None:
    with pytest.raises(KeyError):
        registry.manifest("nobody")


ACME = """
from tillgate.connectors.v1 import Can, Manifest
MANIFEST = Manifest(name={name!r}, title="Acme", load="acme_tillgate.connector:Acme", methods={{}}, api={api})
"""


def package(folder: Path, name: str = "acme", *, point: str = "acme", api: int = 1) -> None:
    """A package as pip installs it."""
    (folder / "acme_tillgate").mkdir()
    (folder / "acme_tillgate" / "__init__.py").write_text(ACME.format(name=name, api=api))
    metadata = folder / "acme_tillgate-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tillgate\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[tillgate.connectors]\n{point} = acme_tillgate:MANIFEST\n")


def test_another_packages_connector_is_found_by_the_index_of_the_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path)
    subprocess.run([sys.executable, str(INDEXER), str(tmp_path)], check=True)
    assert json.loads((tmp_path / "connectors.json").read_text()) == {"acme": "acme_tillgate:MANIFEST"}
    monkeypatch.setattr(registry, "INDEX", tmp_path / "connectors.json")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_tillgate", raising=False)
    assert registry.manifest("acme").title == "Acme"
    assert "acme_tillgate.connector" not in sys.modules, "its class is imported when its PSP is called"


@pytest.mark.parametrize("point", ["Acme", "a/b", ""])
def test_a_name_that_is_none_is_refused_when_the_layer_is_built(tmp_path: Path, point: str) -> None:
    package(tmp_path, point=point)
    assert subprocess.run([sys.executable, str(INDEXER), str(tmp_path)], capture_output=True).returncode != 0


def test_one_with_the_name_of_ours_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "connectors.json").write_text('{"offline": "acme_tillgate:MANIFEST"}')
    monkeypatch.setattr(registry, "INDEX", tmp_path / "connectors.json")
    assert registry.manifest("offline").title == "Without a PSP"


@pytest.mark.parametrize("other", [{"name": "another"}, {"api": 2}])
def test_one_for_another_version_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    package(tmp_path, **other)
    (tmp_path / "connectors.json").write_text('{"acme": "acme_tillgate:MANIFEST"}')
    monkeypatch.setattr(registry, "INDEX", tmp_path / "connectors.json")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_tillgate", raising=False)
    with pytest.raises(RuntimeError, match="version"):
        registry.manifest("acme")


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A deployment with the sandbox and its secret."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("STAND_INS", "sandbox=http://127.0.0.1:1")
    monkeypatch.setenv("PSP_SECRETS", "acme=another,sandbox=psp")
    with mock_aws():
        client("secretsmanager").create_secret(Name="psp", SecretString='{"key_id": "k", "secret": "one"}')
        yield


def rotate(secret: str) -> None:
    text = json.dumps({"key_id": "k", "secret": secret})
    client("secretsmanager").put_secret_value(SecretId="psp", SecretString=text)


@pytest.mark.usefixtures("sandbox")
def test_the_deployments_account_is_read_again_after_five_minutes() -> None:
    around = Around()
    assert credentials.is_set_up(around, "sandbox", "mer_1")
    assert credentials.credentials(around, "sandbox", "mer_1") == {"key_id": "k", "secret": "one"}
    rotate("two")
    around.seconds = credentials.KEPT_SECONDS - 1
    assert (credentials.credentials(around, "sandbox", "mer_1") or {})["secret"] == "one"
    around.seconds = credentials.KEPT_SECONDS
    assert (credentials.credentials(around, "sandbox", "mer_1") or {})["secret"] == "two"


@pytest.mark.usefixtures("sandbox")
def test_a_connector_is_made_once_until_its_credentials_change() -> None:
    around = Around()
    connectors = Connectors(around)
    made = [connectors.psp(registry.manifest("sandbox"), "mer_1")._line().connector for _ in range(2)]
    assert isinstance(made[0], SandboxConnector)
    assert made[0] is made[1]
    rotate("two")
    around.seconds = credentials.KEPT_SECONDS
    assert connectors.psp(registry.manifest("sandbox"), "mer_1")._line().connector is not made[0]


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("whose", [None, "in use"])
def test_accounts_without_credentials_of_their_own_share_one_connector(whose: Whose) -> None:
    """Else a process would make one for each account that a stranger names."""
    connectors, manifest = Connectors(Around()), registry.manifest("sandbox")
    one, other = (connectors.psp(manifest, f"mer_{number}", whose)._line() for number in (1, 2))
    assert one is other
    assert not one.is_own


def test_without_credentials_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_INS", "sandbox=http://127.0.0.1:1")
    assert not credentials.is_set_up(Around(), "sandbox", "mer_1")
    assert credentials.credentials(Around(), "sandbox", "mer_1") is None
    with pytest.raises(NotSent, match="not set up"):
        Connectors(Around()).psp(registry.manifest("sandbox"), "mer_1")._line()


def test_a_method_may_need_more_than_its_connector(monkeypatch: pytest.MonkeyPatch) -> None:
    """IS-18: without an account of our own nobody can transfer to it, but may pay in cash."""
    for name in ("IBAN", "HOLDER", "DAYS"):
        monkeypatch.delenv(f"PSP_OFFLINE_{name}", raising=False)
    needs = registry.manifest("offline").methods["bank_transfer"].needs
    assert credentials.is_set_up(Around(), "offline", "mer_1")
    assert not credentials.is_set_up(Around(), "offline", "mer_1", needs)
    monkeypatch.setenv("PSP_OFFLINE_IBAN", "DE02120300000000202051")
    assert credentials.is_set_up(Around(), "offline", "mer_1", needs)
    assert credentials.credentials(Around(), "offline", "mer_1") == {"iban": "DE02120300000000202051"}
