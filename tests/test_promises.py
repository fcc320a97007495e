"""The repository keeps its word: public names, settings, layers, and what a wheel carries."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest

import mockserver
from mockserver import Settings

ROOT = Path(__file__).resolve().parent.parent
# Put together here, so that this file does not hold what it forbids.
FORBIDDEN = ("/wo" + "rk/", "tmp/" + "dev", "registry." + "npmjs", "pypi" + ".org", "files.python" + "hosted")


def tool(name: str) -> str | None:
    """A command of the environment the tests run in, wherever PATH points."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def tracked() -> list[Path]:
    """All files that git knows and that are there."""
    if not (ROOT / ".git").exists() or tool("git") is None:
        pytest.skip("this is not a checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def modules() -> list[str]:
    """The names of all modules of the package."""
    found = ["mockserver"]
    below = (each.name for each in pkgutil.walk_packages(mockserver.__path__, "mockserver."))
    found += [name for name in below if name != "mockserver.__main__"]
    return found


# --- names


def test_the_public_names_resolve_and_are_all() -> None:
    """Every name in `__all__` is there, is what `dir` shows, and has a docstring."""
    assert sorted(mockserver.__all__) == list(mockserver.__all__) == dir(mockserver)
    for name in mockserver.__all__:
        assert getattr(mockserver, name).__doc__, name


def test_the_type_checker_is_told_the_same_names() -> None:
    """The names imported for type checkers are those that load lazily, from the same modules."""
    source = (Path(mockserver.__file__)).read_text("utf-8")
    told: dict[str, str] = {}
    for home, names in re.findall(r"^    from (mockserver[\w.]*) import (.+)$", source, re.MULTILINE):
        told |= dict.fromkeys(names.split(", "), home)
    assert set(told) == set(mockserver.__all__)
    for name, home in told.items():
        assert getattr(importlib.import_module(home), name) is getattr(mockserver, name)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    """A misspelt name fails as it does for any module."""
    with pytest.raises(AttributeError, match="Mockserver"):
        _ = mockserver.Mockserver


def test_the_package_says_that_it_is_typed() -> None:
    """`py.typed` ships, so that a user's type checker reads our annotations."""
    assert (Path(mockserver.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize("name", modules())
def test_a_module_says_what_it_is_for(name: str) -> None:
    """Every module has a docstring."""
    told = importlib.import_module(name).__doc__
    assert told
    assert told.strip().endswith((".", "`"))


# --- words


@pytest.mark.parametrize("name", [each.name for each in fields(Settings)])
def test_a_setting_is_in_the_readme(name: str) -> None:
    """Every setting is described in the README, under the name it has in the project file or in the environment."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert re.search(rf"\b({name}|{name.replace('_', '-')}|MOCKSERVER_{name.upper()})\b", text), f"{name} is not in README.md"


def test_no_file_mentions_the_place_it_was_made_in() -> None:
    """No tracked text file names the machine it was written on or the hosts its packages came from."""
    found = []
    for file in tracked():
        content = file.read_bytes()
        if b"\0" in content[:8000]:
            continue
        text = content.decode("utf-8", "replace")
        found += [f"{file.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert found == []


def test_nothing_generated_is_tracked() -> None:
    """Caches, builds and installed packages are not in the repository."""
    names = [str(file.relative_to(ROOT)) for file in tracked()]
    generated = re.compile(r"(^|/)(__pycache__|node_modules|\.\w+_cache|dist|build)/|\.pyc$|\.egg-info")
    assert not [name for name in names if generated.search(name)]


# --- layers


@pytest.mark.skipif(tool("lint-imports") is None, reason="import-linter is not installed (extra: lint)")
def test_imports_go_down() -> None:
    """The contracts of the house in `pyproject.toml` hold."""
    command = tool("lint-imports")
    assert command is not None
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_contracts_name_modules_that_are_there() -> None:
    """No contract is empty because a module was renamed."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    known = {*modules(), "mockserver.__main__"}
    assert len(config["contracts"]) >= 3
    for contract in config["contracts"]:
        lines = [line for key in ("layers", "source_modules", "modules") for line in contract.get(key, [])]
        assert {name for line in lines for name in re.split(r"[ |]+", line)} <= known, contract["name"]


@pytest.mark.parametrize(
    ("library", "homes"), [("aiohttp", {"transport.py", "upstream.py"}), ("vcr", {"responders/cassettes.py"})]
)
def test_a_library_lives_in_its_files(library: str, homes: set[str]) -> None:
    """The name aiohttp is imported by the way in and the way out alone, vcrpy by the cassettes alone (types aside)."""
    package = Path(mockserver.__file__).parent
    users = set()
    for file in package.rglob("*.py"):
        source = re.sub(r"^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+", "", file.read_text("utf-8"), flags=re.MULTILINE)
        if re.search(rf"^\s*(import {library}|from {library})\b", source, re.MULTILINE):
            users.add(file.relative_to(package).as_posix())
    assert users <= homes


# --- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy of the checkout without dependencies and without asking any index."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("this is not a source tree")
    pytest.importorskip("hatchling", reason="hatchling is not installed: building would have to ask an index")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--wheel-dir", folder, ROOT], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("superoffice_mockserver-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh virtual environment that holds the wheel; what it depends on comes from this one's packages."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    packages = Path(asked(python, folder, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    # A folder named in a .pth file is searched, its own .pth files are not read: this checkout stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python


def asked(python: Path, folder: Path, script: str, flag: str = "-I") -> str:
    """What a script prints, run in a folder by a Python that looks at nothing of its surroundings (-P: not at the folder)."""
    done = subprocess.run([python, flag, "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def below(folder: Path) -> set[str]:
    """All files below a folder of the checkout, by their paths from its top."""
    return {file.relative_to(ROOT).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_a_wheel_carries_data_and_what_is_shipped(wheel: Path) -> None:
    """The wheel has every file of the package, cassettes and scenarios in their place, the licence, and no tests."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = ROOT / "mockserver"
    wanted = {name for name in below(package) if "__pycache__" not in name}
    for kind in ("cassettes", "scenarios"):
        wanted |= {f"mockserver/_shipped/{name}" for name in below(ROOT / kind)}
    assert wanted <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "cassettes/", "scenarios/"))]


@pytest.mark.parametrize("kind", ["cassettes", "scenarios"])
def test_what_is_shipped_is_found_from_a_wheel_in_any_folder(installed: Path, tmp_path: Path, kind: str) -> None:
    """An installed package finds its own cassettes and scenarios, not those of the current folder."""
    (tmp_path / kind).mkdir()
    (tmp_path / "mockserver").mkdir()
    wanted = sorted(file.name for file in (ROOT / kind).iterdir())
    script = (
        f"from mockserver.shipped import shipped; f = shipped({kind!r}); print(f, sorted(e.name for e in f.iterdir()), sep='\\n')"
    )
    for folder in (tmp_path, ROOT, Path(tmp_path.anchor)):
        where, names = asked(installed, folder, script).splitlines()
        assert installed.parent.parent.resolve() in Path(where).resolve().parents
        assert names == str(wanted)


def test_an_installed_package_serves(installed: Path, tmp_path: Path) -> None:
    """The package from the wheel, with all its data, answers a request; its command is there."""
    script = (
        "import urllib.request, mockserver\n"
        "with mockserver.MockServer() as server:\n"
        "    print(urllib.request.urlopen(server.url + '/_mock/tenants', timeout=20).status)\n"
        "    print(server.sandbox().contacts.add(Name='From a wheel')['Name'])\n"
        "print(mockserver.__file__)"
    )
    status, name, file = asked(installed, tmp_path, script).splitlines()
    assert (status, name) == ("200", "From a wheel")
    assert ROOT not in Path(file).resolve().parents
    command = installed.parent / "mockserver"
    done = subprocess.run([command, "list", "entities"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert "ContactEntity" in done.stdout


@pytest.mark.parametrize("kind", ["cassettes", "scenarios"])
def test_what_is_shipped_is_found_from_a_checkout_in_any_folder(tmp_path: Path, kind: str) -> None:
    """A checkout installed in place finds the folders at its top, whatever the current folder."""
    if not (ROOT / kind).is_dir() or ROOT not in Path(mockserver.__file__).resolve().parents:
        pytest.skip("the tests do not run against a checkout")
    script = f"from mockserver.shipped import shipped; print(shipped({kind!r}))"
    for folder in (tmp_path, ROOT, Path(tmp_path.anchor)):
        assert Path(asked(Path(sys.executable), folder, script, "-P")) == ROOT / kind
