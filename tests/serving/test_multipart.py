"""Forms as clients send them, and what only looks like one."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.serving.errors import Refusal
from tollfree.serving.multipart import read_form


def sent(data: dict[str, str], files: dict[str, bytes]) -> tuple[str, bytes]:
    """As httpx, and so OpenAI's client, writes a form."""
    request = httpx.Request(
        "POST", "http://x", data=data, files={name: (f"{name}.wav", content) for name, content in files.items()}
    )
    return request.headers["content-type"], request.read()


@given(
    st.dictionaries(st.text("abcdef_", min_size=1, max_size=9), st.text(max_size=50), max_size=4),
    st.binary(max_size=300),
)
def test_what_was_sent_is_read(data: dict[str, str], content: bytes) -> None:
    form = read_form(*sent(data, {"file": content}))
    assert form.fields == data and form.files == {"file": content}


@pytest.mark.parametrize("content", [b"", b"\r\n", b"--", b"\r\n--boundar", b"\r\n\r\n", bytes(range(256))])
def test_content_that_looks_like_the_forms_own_is_content(content: bytes) -> None:
    body = (
        b'--boundary\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n%s\r\n--boundary--' % content
    )
    assert read_form("multipart/form-data; boundary=boundary", body).files["file"] == content


def test_a_boundary_in_quotes_and_with_other_parameters_is_read() -> None:
    body = b'--a b\r\ncontent-disposition: form-data; name="model"\r\n\r\ntiny.en\r\n--a b--\r\n'
    form = read_form('Multipart/Form-Data; charset=utf-8; boundary="a b"', body)
    assert form.fields == {"model": "tiny.en"}


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary="])
def test_another_type_is_refused(kind: str) -> None:
    with pytest.raises(Refusal, match="boundary"):
        read_form(kind, b"--x--")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--",
        b"--x",
        b"--x\r\n",
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end',
        b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n' + b"h: " + b"x" * 5000 + b"\r\n\r\na\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na\r\n' * 200 + b"--x--",
        b"--y--",
    ],
)
def test_a_broken_form_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        read_form("multipart/form-data; boundary=x", body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_form("multipart/form-data; boundary=x", b"--x" + body)
    except Refusal as refusal:
        assert refusal.code == "bad_form"
