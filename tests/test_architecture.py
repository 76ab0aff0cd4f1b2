"""The borders between the three packages, and a few habits that no linter checks; each border is seen to break."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("flows", "transforms", "warehouse")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS, PURE, NO_MODEL = (contract["name"] for contract in CONTRACTS)

LINES_OF_THE_STORY = 60
"""``flows/ingest.py`` must fit one screen."""


def _lint_imports(folder: Path) -> str:
    """The report on the packages of ``folder``, under the contracts of the ``pyproject.toml`` that lies there."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    kept_all = done.returncode == 0
    assert kept_all == (" 0 broken" in done.stdout), done.stdout + done.stderr
    return done.stdout


def _modules(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def test_the_contracts_hold() -> None:
    report = _lint_imports(ROOT)
    assert all(f"{contract['name']} KEPT" in report for contract in CONTRACTS), report


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("transforms/version.py", "import warehouse.errors", LAYERS),
        ("warehouse/errors.py", "import transforms.errors", LAYERS),
        ("warehouse/errors.py", "import flows.errors", LAYERS),
        ("transforms/version.py", "import pathlib", PURE),
        ("warehouse/errors.py", "import spacy", NO_MODEL),
    ],
)
def test_each_contract_breaks_when_it_is_violated(tmp_path: Path, module: str, statement: str, contract: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{statement}\n")
    report = _lint_imports(tmp_path)
    broken = [one["name"] for one in CONTRACTS if f"{one['name']} BROKEN" in report]
    assert broken == [contract], report


def test_imports_are_absolute() -> None:
    relative = [
        f"{path}:{node.lineno}"
        for path, module in _modules(*PACKAGES, "tests")
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_transforms_open_no_file() -> None:
    opening = [
        f"{path}:{node.lineno}"
        for path, module in _modules("transforms")
        for node in ast.walk(module)
        if _opens_by_name(node)
    ]
    assert opening == []


def _opens_by_name(node: ast.AST) -> bool:
    """``open`` itself, or ``io.open`` under that name; methods such as ``ZipFile.open`` work on streams."""
    match node:
        case ast.Name(id="open") | ast.Attribute(value=ast.Name(id="io" | "codecs"), attr="open"):
            return True
        case ast.ImportFrom(names=names):
            return any(alias.name == "open" for alias in names)
    return False


def test_the_story_of_a_run_fits_one_screen() -> None:
    assert len((ROOT / "flows" / "ingest.py").read_text("utf-8").splitlines()) <= LINES_OF_THE_STORY


def test_modules_that_define_flows_keep_real_annotations() -> None:
    """With postponed ones, a served flow fails at run time: "Model is not fully defined"."""
    defining = {path: module for path, module in _modules("flows") if any(map(_is_flow, ast.walk(module)))}
    assert Path("flows/ingest.py") in defining
    postponed = [
        str(path)
        for path, module in defining.items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert postponed == []


def _is_flow(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    called = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
    return any(isinstance(item, ast.Name) and item.id == "flow" for item in called)
