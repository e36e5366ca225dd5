"""What decides whether a guide's block is run, and whether its answer is the promised one."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import FENCE, NOT_RUN, blocks_of, run
from tests.flows.shared.test_guides import GUIDES

ROOT = Path(__file__).resolve().parent.parent.parent
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
WRITTEN += [ROOT / "sdk" / each / "README.md" for each in ("python", "typescript")]
GUIDE = """
Text.

```sh
echo '{"a": 1, "b": [1, 2]}'
```

```json
{"a": 1, ... }
```

```sh aws
false
```

* in a list

  ```sh refused
  exit 0
  ```
"""


def test_blocks_are_found_with_their_answers() -> None:
    first, second, third = blocks_of(GUIDE)
    assert (first.line, first.is_run, first.answer) == (4, True, '{"a": 1, ... }\n')
    assert (second.is_run, second.answer, third.why, third.is_run) == (False, None, "refused", True)


@pytest.mark.parametrize(("said", "right"), [('{"a":1,"b":2}', True), ('{"a":2,"b":1}', False), ("", False)])
def test_an_answer_is_compared_but_for_what_it_leaves_out(said: str, right: bool) -> None:
    assert blocks_of(GUIDE)[0].promises(said) is right


def test_a_command_that_fails_fails_the_guide(tmp_path: Path) -> None:
    blocks = blocks_of("```sh\nX=1\n```\n\n```sh\necho $X\nfalse | cat\necho after\n```\n")
    with pytest.raises(AssertionError, match="@@5\n1"):
        run(blocks, tmp_path, {}, tmp_path)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_shell_block_is_run_or_says_why_not(path: Path) -> None:
    text = path.read_text()
    infos = re.findall(r"^ *```(\S.*)$", text, re.M)
    assert [info for info in infos if info.split()[0] in {"bash", "shell", "console", "zsh"}] == []
    assert len(FENCE.findall(text)) == len(infos)  # none is written in a way that is not found
    why = {"", "refused"} if str(path.relative_to(ROOT)) in GUIDES else set()
    assert {block.why for block in blocks_of(text)} <= why | NOT_RUN
