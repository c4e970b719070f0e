"""Production starts only on settings that can be answered for, and says what to set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "Zr8-Nc0v_Qm3tYkX5bL7wPdH2sJfGa9eUi4oRx6CzVn1BqMyTg0KhWlE"
KEY = "pUCQJ0OSm0f4kcOVH6g5vSA4kyhrVyQdnjG8e3vVUwI="
GOOD = {
    "SECRET_KEY": SECRET,
    "FIELD_ENCRYPTION_KEYS": KEY,
    "ALLOWED_HOSTS": "cho.example.vn",
    "SITE_URL": "https://cho.example.vn",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.vn:587",
}


def start(tmp_path: Path, program: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a line of Python with the production settings and nothing else in the environment."""
    return subprocess.run(
        [sys.executable, "-c", f"import marketplace.settings.production; {program}"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.production",
            "ENV_FILE": os.devnull,
            "DATA_DIR": str(tmp_path),
            **GOOD,
            **changed,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "short-but-random-8f3k"}, "SECRET_KEY"),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "FIELD_ENCRYPTION_KEYS"),
        ({"FIELD_ENCRYPTION_KEYS": f"{KEY},no-key"}, "FIELD_ENCRYPTION_KEYS"),
        ({"FIELD_ENCRYPTION_KEYS": "A" * 43 + "="}, "FIELD_ENCRYPTION_KEYS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": ""}, "SITE_URL"),
        ({"EMAIL_URL": ""}, "EMAIL_URL"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "STRIPE_WEBHOOK_SECRETS"),
        ({"BANK_WEBHOOK_SECRETS": "short"}, "BANK_WEBHOOK_SECRETS"),
        ({"SANDBOX_PAYMENT": "1"}, "SANDBOX_PAYMENT"),
        ({"SANDBOX_PAYMENT": "1", "DEMONSTRATION": "1"}, "SANDBOX_WEBHOOK_SECRET"),
        ({"SMS_ADAPTER": "marketplace.notices.adapters.ConsoleSms"}, "SMS_ADAPTER"),
        ({"VAPID_PRIVATE_KEY": "short"}, "VAPID_PRIVATE_KEY"),
        ({"DATABASE_URL": "postgres://shop:secret@db/shop"}, "ELASTICSEARCH_URL"),
        ({"MONEY_NEEDS_SECOND_FACTOR": "0"}, "MONEY_NEEDS_SECOND_FACTOR=0"),
    ],
)
def test_a_weak_or_missing_setting_is_refused_by_name(
    tmp_path: Path, changed: dict[str, str], named: str
) -> None:
    outcome = start(tmp_path, "pass", **changed)

    assert outcome.returncode == 1
    complaints = [line for line in outcome.stderr.splitlines() if line.startswith("- ")]
    assert len(complaints) == 1
    assert complaints[0].startswith(f"- {named} ")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    outcome = start(tmp_path, "pass", SECRET_KEY="", ALLOWED_HOSTS="", SITE_URL="", EMAIL_URL="")

    assert sum(line.startswith("- ") for line in outcome.stderr.splitlines()) == 4


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"DATABASE_URL": "postgres://shop:secret@db/shop", "SINGLE_HOST": "1"},
        {"DATABASE_URL": "postgres://shop:secret@db/shop", "ELASTICSEARCH_URL": "http://search:9200"},
        {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRETS": "whsec_1,whsec_2"},
        {"SANDBOX_PAYMENT": "1", "DEMONSTRATION": "1", "SANDBOX_WEBHOOK_SECRET": SECRET},
    ],
)
def test_production_starts(tmp_path: Path, changed: dict[str, str]) -> None:
    outcome = start(tmp_path, "print('started')", **changed)

    assert outcome.stdout == "started\n", outcome.stderr


def test_a_log_line_is_one_json_object_with_the_request_id(tmp_path: Path) -> None:
    outcome = start(
        tmp_path,
        "import django; django.setup(); import logging; from django_guid import set_guid; set_guid('abc'); "
        "logging.getLogger('checkout').warning('Đơn %s', 7)",
    )

    entry = json.loads(outcome.stderr)
    assert entry.pop("time")
    assert entry == {"level": "WARNING", "logger": "checkout", "message": "Đơn 7", "request_id": "abc"}


def test_media_lie_on_disk_or_in_any_s3_compatible_store(tmp_path: Path) -> None:
    program = "import django; django.setup(); from django.core.files.storage import default_storage as s; print(s.url('a.jpg'))"

    on_disk = start(tmp_path, program)
    in_store = start(
        tmp_path,
        program,
        MEDIA_S3_BUCKET="goods",
        MEDIA_S3_ENDPOINT_URL="https://s3.example.vn",
        AWS_ACCESS_KEY_ID="key",
        AWS_SECRET_ACCESS_KEY="secret",
    )

    assert on_disk.stdout == "/media/a.jpg\n"
    assert in_store.stdout == "https://s3.example.vn/goods/a.jpg\n", in_store.stderr


def test_a_database_that_answers_nothing_is_given_up_in_seconds(tmp_path: Path) -> None:
    program = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    named = {"DATABASE_URL": "postgres://shop:secret@db/shop?sslmode=require", "SINGLE_HOST": "1"}

    outcome = start(tmp_path, program, **named)

    kept = "'connect_timeout': 5, 'tcp_user_timeout': 10000, 'prepare_threshold': {}, 'sslmode': 'require'"
    assert outcome.stdout == f"{{{kept.format(1)}}}\n"
    without = start(tmp_path, program, **named, DATABASE_PREPARES="False")
    assert without.stdout == f"{{{kept.format(None)}}}\n"
