"""The samples on the docs page fit the SDKs: each call takes what its sample passes."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from tests.sdk.test_typescript import NPM, compiled, run
from tests.template.reading import ROOT
from tillgate_sdk import Tillgate
from tools.api.routes import ROUTES
from tools.api.routes.route import Route
from tools.api.samples import samples

__all__ = ["compiled"]
CALLED = [route for route in ROUTES if route.scope]


def sample(route: Route, lang: str) -> str:
    return next(each["source"] for each in samples(route) if each["lang"] == lang)


@pytest.mark.parametrize("route", CALLED, ids=[route.name for route in CALLED])
def test_a_python_sample_fits_its_call(route: Route) -> None:
    tree = ast.parse(sample(route, "python"))
    (call,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == route.name
    ]
    signature = inspect.signature(getattr(Tillgate, route.name))
    signature.bind(None, *call.args, **{str(keyword.arg): None for keyword in call.keywords})
    if route.example:
        assert ast.literal_eval(call.args[-1]) == route.example


def test_typescript_samples_are_compiled(compiled: Path) -> None:
    names = {name for route in CALLED for name in re.findall(r"{(\w+)}", route.path)}
    camel = {re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in names}
    given = "\n".join(
        f"declare const {name}: string;" for name in sorted(camel | {"API", "CLIENT_ID", "CLIENT_SECRET"})
    )
    (compiled / "given.d.ts").write_text(given)
    for route in CALLED:
        (compiled / f"sample_{route.name}.ts").write_text(sample(route, "typescript") + "export {};\n")
    files = [f"sample_{route.name}.ts" for route in CALLED]
    run(NPM / ".bin" / "tsc", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom",
        "--skipLibCheck", "--types", "node", "--noEmit", "given.d.ts", *files, cwd=compiled)  # fmt: skip


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
def test_a_curl_sample_names_its_call(route: Route) -> None:
    text = sample(route, "curl")
    assert text.startswith("curl ")
    assert ("Authorization" in text) == bool(route.scope)
    assert "{" not in text.partition(" -d '")[0]


@pytest.mark.parametrize(
    ("sdk", "fence"), [("python/example/first_payment.py", "python"), ("typescript/example/first_payment.ts", "ts")]
)
def test_a_readme_begins_with_the_example_that_it_runs(sdk: str, fence: str) -> None:
    example = (ROOT / "sdk" / sdk).read_text()
    readme = (ROOT / "sdk" / sdk).parent.with_name("README.md").read_text()
    shown = re.search(rf"```{fence}\n(.*?)```", readme, re.S)
    assert shown is not None
    assert shown[1].strip() in example
