"""The shell blocks of a guide, as a reader would run them: in order, in one shell.

A block of ```` ```sh ```` is run; a ```` ```json ```` directly below it is its answer, where `...` stands for anything.
A second word says why a block is different: `refused` expects an HTTP error; `aws`, `make` and `live` are not run, as
they need an account of AWS, a system or package of their own, or a PSP's account.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[a-z]+(?: [a-z]+)?)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S)
NOT_RUN = {"aws", "make", "live"}
MARK = "@@"


@dataclass(frozen=True)
class Block:
    """A block at a line of its guide; `answer` is what the guide promises, if it promises something."""

    line: int
    text: str
    why: str
    answer: str | None

    @property
    def is_run(self) -> bool:
        return self.why not in NOT_RUN

    def promises(self, said: str) -> bool:
        """Whether the answer came, whatever the white space."""
        if self.answer is None:
            return True
        parts = [re.escape(_dense(part)) for part in self.answer.split("...")]
        return re.search(".*".join(parts), _dense(said)) is not None


def blocks_of(guide: str) -> list[Block]:
    """All shell blocks of a guide, first to last."""
    return list(_blocks(guide))


def _blocks(guide: str) -> Iterator[Block]:
    fences = list(FENCE.finditer(guide))
    for here, after in zip_longest(fences, fences[1:]):
        language, _, why = here["info"].partition(" ")
        if language != "sh":
            continue
        follows = after is not None and after["info"] == "json" and not guide[here.end() : after.start()].strip()
        answer = after["text"] if after is not None and follows else None
        yield Block(guide.count("\n", 0, here.start()) + 1, here["text"], why, answer)


def _dense(text: str) -> str:
    return "".join(text.split())


def run(blocks: list[Block], folder: Path, environment: Mapping[str, str], scratch: Path) -> dict[int, str]:
    """Runs the blocks in one fresh shell and returns what each printed, by its line.

    Raises AssertionError with the output if a command fails; a response that is an HTTP error is a failure.
    """
    (scratch / "strict").mkdir(parents=True, exist_ok=True)
    (scratch / "strict" / ".curlrc").write_text("fail-with-body\n")
    (scratch / "lenient").mkdir(exist_ok=True)
    script = ["set -eo pipefail"]
    for block in blocks:
        home = scratch / ("lenient" if block.why == "refused" else "strict")
        script += [f"export CURL_HOME={json.dumps(str(home))}", f"printf '\\n{MARK}{block.line}\\n'", block.text]
    result = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-c", "\n".join(script)],
        cwd=folder, env={name: os.environ[name] for name in ("PATH", "HOME")} | dict(environment),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout
    told = re.split(rf"^{MARK}(\d+)\n", result.stdout, flags=re.M)[1:]
    return {int(line): said for line, said in zip(told[::2], told[1::2], strict=True)}
