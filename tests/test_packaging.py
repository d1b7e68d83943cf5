"""The wheel and the editable install, built and installed for real, work from a foreign folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

import mockserver

CHECKOUT = Path(__file__).parents[1]
NAME = f"clip_mockserver-{mockserver.__version__}"


def run(*words: str | Path, folder: Path) -> str:
    """What a command prints in a foreign folder with an empty environment."""
    environment = {"PATH": os.defpath, "HOME": str(folder), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


class Environment:
    """A fresh virtual environment that sees this one's dependencies behind its own packages."""

    def __init__(self, folder: Path, what: Sequence[str | Path]) -> None:
        self.folder = folder
        home = folder / "venv"
        run(sys.executable, "-m", "venv", "--without-pip", home, folder=folder)
        self.bin = home / "bin"
        self.packages = next(home.glob("lib/*/site-packages"))
        self.before = {entry.name for entry in self.packages.iterdir()} | {"dependencies.pth"}
        (self.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        pip = (sys.executable, "-m", "pip", "--python", self.bin / "python", "install", "--quiet", "--no-deps")
        run(*pip, "--no-build-isolation", *what, folder=folder)

    def added(self) -> set[str]:
        return {entry.name for entry in self.packages.iterdir()} - self.before

    def mockserver(self, *words: str) -> str:
        return run(self.bin / "mockserver", *words, folder=self.folder)

    def where(self) -> Path:
        """Where the installed package finds its data."""
        code = "import mockserver.resources as it; print(it.root())"
        return Path(run(self.bin / "python", "-c", code, folder=self.folder).strip())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of this checkout, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, CHECKOUT, folder=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return built / f"{NAME}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("installed"), [wheel])


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("editable"), ["--editable", CHECKOUT])


def data_files() -> set[str]:
    """Every file of specs/ and fixtures/ that git would ship."""
    words = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "specs", "fixtures")
    listed = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True)
    if listed.returncode:  # not a git checkout
        return {
            str(f.relative_to(CHECKOUT))
            for d in ("specs", "fixtures")
            for f in (CHECKOUT / d).rglob("*")
            if f.is_file()
        }
    return set(listed.stdout.split())


class TestArchives:
    def test_the_wheel_carries_every_data_file_inside_the_package(self, wheel: Path) -> None:
        names = set(zipfile.ZipFile(wheel).namelist())
        assert data_files() <= {name.removeprefix("mockserver/_data/") for name in names}

    def test_the_wheel_carries_every_page_of_the_guide(self, wheel: Path) -> None:
        pages = {f"mockserver/guide/{path.name}" for path in (CHECKOUT / "mockserver" / "guide").iterdir()}
        assert "mockserver/guide/tutorial.md" in pages <= set(zipfile.ZipFile(wheel).namelist())

    def test_the_wheel_puts_nothing_beside_the_package(self, wheel: Path) -> None:
        assert {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()} == {"mockserver", f"{NAME}.dist-info"}

    def test_the_wheel_is_marked_as_typed_and_carries_the_licence(self, wheel: Path) -> None:
        assert {"mockserver/py.typed", f"{NAME}.dist-info/licenses/LICENSE"} <= set(zipfile.ZipFile(wheel).namelist())

    def test_the_sdist_carries_what_the_wheel_is_made_of(self, built: Path) -> None:
        with tarfile.open(built / f"{NAME}.tar.gz") as archive:
            names = set(archive.getnames())
        wanted = {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md"} | data_files()
        assert {f"{NAME}/{name}" for name in wanted} <= names


class TestInstalledWheel:
    def test_it_leaves_nothing_stray_in_site_packages(self, installed: Environment) -> None:
        assert installed.added() == {"mockserver", f"{NAME}.dist-info"}

    def test_its_data_is_its_own(self, installed: Environment) -> None:
        assert installed.where() == installed.packages / "mockserver" / "_data"

    def test_it_tells_its_version(self, installed: Environment) -> None:
        assert installed.mockserver("--version") == f"mockserver {mockserver.__version__}\n"

    def test_it_prints_a_document(self, installed: Environment) -> None:
        assert "operationId: createClip\n" in installed.mockserver("spec", "livepeer")

    def test_it_lists_outcomes(self, installed: Environment) -> None:
        assert "createClipProject" in installed.mockserver("outcomes")

    def test_it_prints_a_page_of_the_guide(self, installed: Environment) -> None:
        assert installed.mockserver("guide", "tutorial").startswith("# Tutorial")


class TestEditableInstall:
    def test_it_leaves_nothing_stray_in_site_packages(self, editable: Environment) -> None:
        (link,) = editable.added() - {f"{NAME}.dist-info"}
        assert link.endswith(".pth")
        assert (editable.packages / link).read_text().strip() == str(CHECKOUT)

    def test_its_data_is_the_checkout_s(self, editable: Environment) -> None:
        assert editable.where() == CHECKOUT

    def test_it_prints_a_document(self, editable: Environment) -> None:
        assert "operationId: createClip\n" in editable.mockserver("spec", "livepeer")
