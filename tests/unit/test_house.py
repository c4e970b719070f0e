"""The house keeps its order: where things live, who may know whom, what is pinned and said."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import import_string
from oscar.core.application import OscarConfig
from pytest_django import Settings

from tests import native_services

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("marketplace", "catalogue", "checkout", "cms", "search")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
# Migrations of Oscar's that a fork leaves out, with the reason.
LEFT_OUT = {
    # A group with every permission of Oscar's dashboard: our roles are memberships, and flatpages isn't installed.
    "marketplace.customer": {"0008_assign_permissions_to_staff.py"},
}
#: What the containers fix, or only a development machine asks for.
NOT_FOR_CONTAINERS = {"DEBUG", "STATIC_ROOT", "SINGLE_HOST", "STRIPE_API_BASE"}
FORKS = [
    config
    for config in apps.get_app_configs()
    if isinstance(config, OscarConfig) and config.name.split(".")[0] in ROOMS
]


def modules() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def lies_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


# --- Layout -------------------------------------------------------------------------------------------------


def test_the_top_level_stays_as_the_architecture_draws_it() -> None:
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in {"var", "node_modules"}
    }

    assert folders == {*ROOMS, "templates", "tests", "docs"}


def test_no_module_has_two_subjects() -> None:
    too_long = {
        dotted(path): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert too_long == {}


def test_every_module_says_what_it_is_about() -> None:
    vague = {"utils", "helpers", "misc", "common", "stuff"}
    # Where Oscar looks a class up in a module of this name, a fork's module has to bear it.
    dictated = {f"{fork.name}.{path.stem}" for fork in FORKS for path in original_folder(fork).glob("*.py")}

    assert {dotted(path) for path in modules() if path.stem in vague} - dictated == set()


def original_folder(fork: OscarConfig) -> Path:
    """Return the folder of Oscar's app of which this is the fork."""
    original = next(base for base in type(fork).__mro__ if base.__module__.startswith("oscar.apps."))
    return Path(str(import_module(original.__module__).__file__)).parent


def test_no_page_withholds_its_address_from_the_shop_itself(settings: Settings) -> None:
    """Without a referrer a browser sends `Origin: null` with a form, and the form is refused; the header keeps the address from others."""
    pages = (ROOT / "templates").rglob("*.html")

    assert [page for page in pages if "no-referrer" in page.read_text(encoding="utf-8")] == []
    assert settings.SECURE_REFERRER_POLICY == "same-origin"


# --- Who may know whom --------------------------------------------------------------------------------------


def loaded_by_name(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and app label of everything that a module has Oscar or Django look up by name."""
    lookups = {"get_class", "get_classes", "get_model", "is_model_registered"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if name in lookups and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield node.lineno, first.value


def package_of(label_or_path: str) -> str:
    """Return where Oscar's loader finds `partner.strategy` or `catalogue.reviews.models`."""
    parts = label_or_path.split(".")
    if parts[:2] == ["catalogue", "reviews"]:
        return apps.get_app_config("reviews").name
    return apps.get_app_config(parts[0]).name


def texts() -> Iterator[tuple[Path, str]]:
    """Everything of ours that is written: code, templates, scripts, settings."""
    found = [
        ROOT / name for name in ("manage.py", "Makefile", "Dockerfile", "docker-compose.yml", ".env.example")
    ]
    for room in (*ROOMS, "templates", "docs", "tests"):
        found += [
            one
            for one in (ROOT / room).rglob("*")
            if one.suffix in {".py", ".html", ".js", ".json", ".md", ".txt"}
        ]
    for path in found:
        if path.is_file():
            yield path, path.read_text(encoding="utf-8")


def test_no_page_and_no_table_asks_for_a_card() -> None:
    """Cards are typed at the provider: none of our pages has a field for one, none of our tables a column."""
    card = re.compile(
        r"""autocomplete["']?\s*[=:]\s*["']cc-|card_?number|security_?code|\bcvv\b|\bcvc\b""", re.IGNORECASE
    )
    pages = [(path, words) for path, words in texts() if "tests" not in path.parts and path.suffix != ".md"]

    assert len(pages) > 500
    assert [str(path.relative_to(ROOT)) for path, words in pages if card.search(words)] == []


def test_no_secret_is_written_down() -> None:
    secret = re.compile(
        r"[sr]k_live_\w{9,}|whsec_[A-Za-z0-9+/]{24,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY"
    )

    assert secret.search("STRIPE_SECRET_KEY=sk_live_" + "51Habcdefgh")
    assert [str(path.relative_to(ROOT)) for path, words in texts() if secret.search(words)] == []


def test_what_is_looked_up_by_name_obeys_the_same_map() -> None:
    broken = []
    for path in modules():
        for line, looked_up in loaded_by_name(path):
            package = package_of(looked_up)
            broken += [
                f"{dotted(path)}:{line} looks up {looked_up!r} in {package}: {contract['name']}"
                for contract in CONTRACTS
                if any(lies_in(dotted(path), source) for source in contract["source_modules"])
                and any(lies_in(package, forbidden) for forbidden in contract["forbidden_modules"])
            ]

    assert broken == []


def test_the_map_of_names_can_tell_right_from_wrong(tmp_path: Path) -> None:
    module = tmp_path / "strategy.py"
    module.write_text("Selector = get_class('partner.strategy', 'Selector')\nget_model('order', 'Line')\n")

    assert [(line, package_of(name)) for line, name in loaded_by_name(module)] == [
        (1, "catalogue.producers"),
        (2, "checkout.order"),
    ]


def test_dotted_paths_in_the_settings_lead_somewhere(settings: Settings) -> None:
    for path in [*settings.PERIODIC_JOBS, settings.INDEX_JOB, settings.SEARCH_STATE]:
        assert callable(import_string(path)), path


# --- Forks of Oscar -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.name)
def test_a_fork_carries_oscars_migrations_before_its_own(fork: OscarConfig) -> None:
    theirs = original_folder(fork) / "migrations"
    ours = {path.name for path in (ROOT / fork.name.replace(".", "/") / "migrations").glob("0*.py")}
    assert {path.name for path in theirs.glob("0*.py")} - ours == LEFT_OUT.get(fork.name, set())


@pytest.mark.django_db  # a migration of wagtail-localize asks the database while it is imported
def test_every_app_of_ours_with_tables_is_migrated() -> None:
    loader = MigrationLoader(None)
    without = [
        config.name
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ROOMS
        and any(model._meta.managed for model in config.get_models())
        and config.label not in loader.migrated_apps
    ]

    assert without == []


@pytest.mark.django_db
def test_every_table_of_ours_exists() -> None:
    existing = set(connection.introspection.table_names())
    expected = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    }

    assert expected - existing == set()


# --- What is pinned and said --------------------------------------------------------------------------------


def requirements(name: str) -> dict[str, str]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    found = (re.match(r"([a-z0-9][a-z0-9-]+)(?:\[[a-z0-9,]+\])?(.*)", line) for line in lines)
    return {match[1]: match[2] for match in found if match and match[1]}


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_is_bounded_and_its_choice_explained(name: str) -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()

    unbounded = [package for package, bound in requirements(name).items() if "<" not in bound]
    unexplained = [package for package in requirements(name) if f"`{package}`" not in reasons]

    assert (unbounded, unexplained) == ([], [])


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_dependency_is_locked_with_hashes(name: str) -> None:
    locked = re.findall(
        r"^([a-z0-9-]+)==\S+[^\n]*\\\n    --hash=sha256:", (ROOT / f"{name}.txt").read_text(), re.M
    )

    assert set(requirements(f"{name}.in")) - set(locked) == set()


def test_every_variable_of_the_environment_is_in_the_example() -> None:
    sources = [*(ROOT / "marketplace" / "settings").glob("*.py"), ROOT / "docker-compose.yml"]
    text = "\n".join(path.read_text() for path in sources)
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z0-9_]+)"', text)) | set(
        re.findall(r"\$\{([A-Z0-9_]+)", text)
    )
    example = (ROOT / ".env.example").read_text()

    assert {name for name in read if not re.search(rf"^#? ?{name}=", example, re.M)} == set()


def compose() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_every_variable_of_the_example_reaches_the_containers() -> None:
    promised = re.findall(r"^#? ?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)
    text = (ROOT / "docker-compose.yml").read_text()
    given = {*compose()["x-shop"]["environment"], *re.findall(r"\$\{([A-Z0-9_]+)", text)}

    assert set(promised) - given == NOT_FOR_CONTAINERS


def test_the_example_as_it_is_lets_the_address_follow_the_port() -> None:
    assert re.search(r"^SITE_URL=$", (ROOT / ".env.example").read_text(), re.M)


def test_every_container_is_pinned_limited_and_asked_whether_it_is_well() -> None:
    for name, service in compose()["services"].items():
        image = service["image"]
        assert image == "ocop-marketplace" or re.search(r":v?\d+(\.\d+)*", image), name
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert "healthcheck" in service or name == "migrate", "it ends, and its end is what others wait for"


def test_what_is_kept_lies_in_volumes() -> None:
    services = compose()["services"]

    for name in ("proxy", "web", "worker", "postgres", "elasticsearch"):
        assert any(volume.split(":")[0] in compose()["volumes"] for volume in services[name]["volumes"]), name


def test_one_stripe_mock_with_docker_and_without() -> None:
    version = compose()["services"]["stripe-mock"]["image"].split(":")[1]

    assert native_services.STRIPE_MOCK.endswith(f"@{version}")


def test_the_image_runs_what_was_locked_as_a_user_without_rights() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("FROM ")[1:]

    assert len(stages) == 2
    assert "pip install --require-hashes" in stages[0]
    assert "COPY --from=packages /venv /venv" in stages[1]
    assert stages[1].index("USER ocop") < stages[1].index("CMD [")
    assert "USER root" not in stages[1]
