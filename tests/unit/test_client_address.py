"""Whose request it is behind a proxy: limits count by it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
#: Answers a request at the WSGI entry point and prints the address that Django saw.
ASK = """
from django.core.handlers.wsgi import WSGIHandler
WSGIHandler.__call__ = lambda self, environ, start: print(environ["REMOTE_ADDR"])
from marketplace.wsgi import application
application({"REMOTE_ADDR": "172.20.0.7", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"}, None)
"""


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [("", "172.20.0.7"), ("172.16.0.0/12", "203.0.113.9"), ("10.0.0.1", "172.20.0.7")],
    ids=[
        "nobody is believed",
        "the proxy is believed, what the visitor says of itself isn't",
        "another proxy",
    ],
)
def test_a_trusted_proxy_says_whose_request_it_is(trusted: str, seen: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        "TRUSTED_PROXIES": trusted,
        "TMPDIR": str(tmp_path),
    }

    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert asked.stdout.split() == [seen]
