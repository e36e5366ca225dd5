"""The layer keeps of botocore what the code calls, no more and no less."""

from __future__ import annotations

import re

from tests.conftest import ROOT

CLIENT = re.compile(r"""\bclient\("([a-z0-9]+)"\)""")


def test_the_layer_keeps_the_services_that_the_code_calls() -> None:
    sources = [*(ROOT / "layers" / "tillgate").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    called = {service for source in sources for service in CLIENT.findall(source.read_text())}
    makefile = (ROOT / "layers" / "dependencies" / "Makefile").read_text()
    kept = re.search(r"^SERVICES := (.+)$", makefile, re.MULTILINE)
    assert kept is not None
    assert set(kept[1].split()) == called
