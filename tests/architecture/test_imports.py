"""What import-linter cannot say by name: rules for every module of a feature, whatever it is called."""

from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ("fastapi", "starlette", "celery", "jinja2")
# The modules of a feature through which the outside comes in.
ENTRANCES = {"api", "pages", "tasks"}
# What stands beside the features of a service and holds the frameworks.
HOUSE = {"main", "worker", "web"}
HOUSE_NAMES = HOUSE | {"cli", "database", "runtime", "migrations", "locale"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("services", "shared", include_external_packages=True, cache_dir=None)


def features() -> list[Path]:
    return [
        folder
        for folder in ROOT.glob("services/*/*")
        if folder.is_dir() and folder.name not in HOUSE_NAMES and not folder.name.startswith("__")
    ]


def test_only_entrances_of_a_feature_know_a_framework_even_indirectly(graph: grimp.ImportGraph) -> None:
    inner = [
        module
        for module in graph.modules
        if module.startswith("services.") and not ({*ENTRANCES, *HOUSE} & set(module.split(".")[2:]))
    ]
    chains = [
        graph.find_shortest_chain(module, framework)
        for module in inner
        for framework in FRAMEWORKS
        if framework in graph.modules
    ]
    assert [chain for chain in chains if chain is not None] == []


def test_entrances_are_imported_by_main_and_worker_only(graph: grimp.ImportGraph) -> None:
    strangers = [
        (importer, module)
        for module in graph.modules
        if module.startswith("services.") and module.rsplit(".", 1)[-1] in ENTRANCES
        for importer in graph.find_modules_that_directly_import(module)
        if importer.rsplit(".", 1)[-1] not in HOUSE
    ]
    assert strangers == []


def test_no_imports_run_in_a_circle(graph: grimp.ImportGraph) -> None:
    circles = [
        (module, imported)
        for module in graph.modules
        if module.split(".")[0] in {"services", "shared"}
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.chain_exists(imported, module)
    ]
    assert circles == []


@pytest.mark.parametrize("feature", features(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_feature_has_no_folder_but_its_templates_and_solvers(feature: Path) -> None:
    folders = {path.name for path in feature.iterdir() if path.is_dir() and path.name != "__pycache__"}
    # Solvers are many pure modules, which have nothing to do with the feature's tables and pages.
    assert folders <= {"templates", "solving"}
