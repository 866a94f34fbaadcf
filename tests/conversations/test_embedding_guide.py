"""docs/embedding.md says what is true: its examples are run, its lists compared with the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from conversations.tokens import verify_identity

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "embedding.md").read_text()
LAUNCHER = (ROOT / "static" / "w.js").read_text()

SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
ARGUMENTS = ("42", "Zoë Ørsted", "zoe@mail.example", "k3f9a2", "first", SECRET)
_LIST = ", ".join(f'"{each}"' for each in ARGUMENTS)

# How each language prints the token, and what runs it.
ENDINGS = {
    "python": (sys.executable, ".py", f"\nprint(identity({_LIST}))\n"),
    "js": ("node", ".cjs", f"\nconsole.log(identity({_LIST}));\n"),
    "php": ("php", ".php", f"\necho identity({_LIST}), PHP_EOL;\n"),
    "ruby": ("ruby", ".rb", f"\nputs identity({_LIST})\n"),
    "go": ("go", ".go", f"\nfunc main() {{ println(identity({_LIST})) }}\n"),
}
HERE = [language for language, (program, _, _) in ENDINGS.items() if shutil.which(program)]


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("language", HERE)
def test_the_example_signs_an_identity_that_is_accepted(language: str, tmp_path: Path) -> None:
    program, suffix, ending = ENDINGS[language]
    example = next(each for each in examples(language) if "3600" in each or "time.Hour" in each)
    file = tmp_path / f"identity{suffix}"
    file.write_text(example + ending)
    command = [program, *(["run"] if language == "go" else []), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    token = (done.stdout or done.stderr).strip()  # Go's println writes to stderr
    identity = verify_identity(token, audience="k3f9a2", keys={"first": SECRET}, now=timezone.now())
    assert (identity.external_id, identity.name, identity.email) == ARGUMENTS[:3]


def test_every_language_has_an_example() -> None:
    assert [language for language in ENDINGS if not any("HS256" in each for each in examples(language))] == []


def test_every_attribute_of_the_tag_is_described() -> None:
    read = set(re.findall(r"\bdata\.(site|[a-z]+)\b", LAUNCHER)) - {"type"}
    described = set(re.findall(r"`data-([a-z]+)`", GUIDE))
    assert read == described


def test_every_call_is_described() -> None:
    body = LAUNCHER.partition("window.Parley = {")[2].partition("\n  });")[0]
    calls = set(re.findall(r"^ {4}(\w+)(?:[:(])", body, re.MULTILINE)) - {"q"}
    assert calls == set(re.findall(r"Parley\.(\w+)", GUIDE)) - {"q"}
