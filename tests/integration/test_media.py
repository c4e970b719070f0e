"""Uploaded files come from the disk, only from public folders, and never as anything that runs."""

import pytest

pytestmark = pytest.mark.django_db  # a missing address is looked up among redirects


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "goods").mkdir()
    (tmp_path / "goods" / "a.jpg").write_bytes(b"jpeg")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "b.pdf").write_bytes(b"secret")


def test_a_public_file_is_served_for_good(client):
    response = client.get("/media/goods/a.jpg")
    assert b"".join(response.streaming_content) == b"jpeg"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("path", ["private/b.pdf", "goods/../private/b.pdf", "goods/", "goods/none.jpg"])
def test_nothing_else_is(client, path):
    assert client.get(f"/media/{path}").status_code == 404
