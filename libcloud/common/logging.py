"""
The debug log of requests and answers, with secrets blanked.

Three ways to see it:

* ``LIBCLOUD_DEBUG=/path/to/file`` (or ``LIBCLOUD_DEBUG=stderr``) in the environment;
* :func:`libcloud.enable_debug` with an open text file;
* the standard logger ``libcloud.http`` at level DEBUG.

Blanked are the headers, query parameters and body fields whose names say that they hold a secret,
and, wherever they stand, the secrets that the connection was given. ``LIBCLOUD_DEBUG_UNREDACTED=1``
writes everything as it is, with a warning at the start: such a log holds your credentials.
``LIBCLOUD_DEBUG_PRETTY_PRINT_RESPONSE=1`` indents JSON and XML answers.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

__all__ = [
    "DebugLog",
    "disable",
    "enable",
    "log_exchange",
    "redact_headers",
    "redact_url",
    "wanted",
]

BLANK = "REDACTED"
LOGGER_NAME = "libcloud.http"

# Longest part of a body that is logged, in characters.
MAX_BODY = 128 * 1024

# How much further a secret that begins before that end may reach.
MARGIN = 16 * 1024

# A piece of a name: brackets and escapes are for forms (auth[password], auth%5Bpassword%5D). It has
# an end, so that no text takes long to search.
_PIECE = r"[\w.:%\[\]-]{0,64}"
_SECRET_NAME = (
    rf"(?:sig|{_PIECE}(?:pass|auth)(?:\]|%5D)?|"
    rf"{_PIECE}(?:assertion|authorization|cookie|credential|passw(?:or)?d|adminpass|passphrase|"
    r"secret|signature|token|api-?_?key|auth-?_?key|access-?_?key|account-?_?key|private-?_?key|"
    rf"keymaterial|x-auth-key|userdata|user_data|connectionstring){_PIECE})"
)
# The patterns are compiled when they are first used, by most programs never.
_SECRET_HEADER = rf"(?i){_SECRET_NAME}"
_SECRET_PARAM = rf"(?i)((?:^|[?&]){_SECRET_NAME}=)[^&\s]*"
_SECRET_JSON = (
    rf'(?i)("{_SECRET_NAME}"\s*:\s*)'
    r'("(?:[^"\\]|\\.)*(?:"|$)|\[(?:[^\[\]{}"]|"(?:[^"\\]|\\.)*")*\]'
    r'|\{(?:[^\[\]{}"]|"(?:[^"\\]|\\.)*")*\}|[^\s,}\]{\[]+)'
)
# JSON in a string of JSON: each quote has the same backslashes before it.
_SECRET_JSON_IN_JSON = rf'(?im)((?<!\\)(\\{{1,15}})"{_SECRET_NAME}\2"\s*:\s*\2").*?(?=(?<!\\)\2"|$)'
_SECRET_XML = (
    rf"(?is)(<({_SECRET_NAME})(?:\s[^<>]*)?>)"
    r"(?:<!\[CDATA\[(?:(?!\]\]>|<!).)*\]\]>|[^<])*(?=</)"
)
_SECRET_XML_ATTRIBUTE = rf"(?i)(\s{_SECRET_NAME}\s*=\s*)(?:\"[^\"]*\"|'[^']*')"
_SECRET_FORM_PART = (
    rf'(?is)(\bname="{_SECRET_NAME}"[^\n]{{0,256}}\n(?:[^\r\n]{{1,256}}\r?\n){{0,8}}\r?\n)'
    r".*?(?=\r?\n--|\Z)"
)
_SECRETS_IN_TEXT = (
    _SECRET_PARAM,
    _SECRET_JSON_IN_JSON,
    _SECRET_XML,
    _SECRET_XML_ATTRIBUTE,
    _SECRET_FORM_PART,
)
# A paging token is named like a secret and is none; a log without it is of little use.
_PAGING_TOKEN = r"(?i)(next|page|continuation|marker|pagination)[\w-]*token"

# The two quotes may be written in several ways; those that are in use.
_QUOTES_IN_XML = (
    {'"': "&quot;"},
    {'"': "&quot;", "'": "&apos;"},
    {'"': "&quot;", "'": "&#39;"},
    {'"': "&quot;", "'": "&#x27;"},
    {'"': "&#34;", "'": "&#39;"},
)


class DebugLog:
    """
    A log of whole exchanges.

    :param fo: An open text file.
    :param unredacted: Blank nothing.
    :param pretty: Indent JSON and XML answers.
    """

    def __init__(self, fo: IO[str], unredacted: bool = False, pretty: bool = False) -> None:
        self.fo = fo
        self.unredacted = unredacted
        self.pretty = pretty

    def write(
        self,
        method: str,
        url: str,
        headers: Mapping[str, Any],
        body: Any,
        response: Any,
        secrets: Iterable[str] = (),
        error: BaseException | None = None,
        with_body: bool = True,
    ) -> None:
        """Write one exchange; the parameters are those of :func:`log_exchange`."""
        redactor = _Redactor(secrets, self.unredacted)
        number = id(error if response is None else response)
        lines = [
            f"# -------- begin {number} request ----------",
            " ".join(_curl(method, url, headers, body, redactor)),
            f"# -------- begin {number} response ----------",
        ]
        if response is None:
            lines.append(f"# no answer: {redactor.text(str(error))}")
        else:
            lines += _answer(response, redactor, with_body, self.pretty)
        lines.append(f"# -------- end {number} response ----------\n")
        self.fo.write("\n".join(lines))
        self.fo.flush()


_active: DebugLog | None = None


def enable(fo: IO[str]) -> DebugLog:
    """Write every exchange of this process to an open text file."""
    global _active
    unredacted = _is_set("LIBCLOUD_DEBUG_UNREDACTED")
    _active = DebugLog(fo, unredacted, _is_set("LIBCLOUD_DEBUG_PRETTY_PRINT_RESPONSE"))
    if unredacted:
        fo.write(
            "# WARNING: this log is not redacted. It holds credentials: keep it to yourself.\n"
        )
        fo.flush()
    return _active


def disable() -> None:
    """Stop what :func:`enable` started."""
    global _active
    _active = None


def enable_from_environment() -> None:
    """Do what ``LIBCLOUD_DEBUG`` asks for; nothing when it is not set."""
    target = os.environ.get("LIBCLOUD_DEBUG")
    if not target:
        return
    if target.lower() in ("1", "true", "stderr", "-", "/dev/stderr"):
        enable(sys.stderr)
        return
    import atexit

    # Even a redacted log shows what an account holds, so it is its owner's alone.
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    log_file = os.fdopen(descriptor, "a", encoding="utf-8", buffering=1)
    atexit.register(log_file.close)
    enable(log_file)


# Found when it is first asked for, because finding it takes longer than asking it.
_logger: Any = None


def wanted() -> bool:
    """True when anybody reads what :func:`log_exchange` would write."""
    if _active is not None:
        return True
    global _logger
    if _logger is None:
        # Nobody reads a log of which the module is not there; nor while another thread is importing
        # it, when it is there without its functions.
        get_logger = getattr(sys.modules.get("logging"), "getLogger", None)
        if get_logger is None:
            return False
        _logger = get_logger(LOGGER_NAME)
    return bool(_logger.isEnabledFor(10))


def log_exchange(
    method: str,
    url: str,
    headers: Mapping[str, Any],
    body: Any,
    response: Any,
    secrets: Iterable[str],
    error: BaseException | None = None,
    with_body: bool = True,
) -> None:
    """
    Write one exchange.

    :param response: A ``requests`` response, or None when none came.
    :param secrets: Texts that must not appear, wherever they stand.
    :param error: Why no response came.
    :param with_body: False for an answer that is streamed: reading it here would take it away.
    """
    import logging

    logger = logging.getLogger(LOGGER_NAME)
    if logger.isEnabledFor(logging.DEBUG):
        outcome = type(error).__name__ if response is None else response.status_code
        shown = _Redactor(secrets, unredacted=False).url(url)
        logger.debug("%s %s -> %s", method, shown, outcome)
    if _active is not None:
        _active.write(method, url, headers, body, response, secrets, error, with_body)


def redact_url(url: str) -> str:
    """A URL without its user information and the values of secret parameters."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if "@" in parts.netloc:
        host = parts.netloc.rsplit("@", 1)[1]
        url = url.replace(parts.netloc, f"{BLANK}@{host}", 1)
    return re.sub(_SECRET_PARAM, _blank_unless_paging, url)


def redact_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers with the values of the secret ones blanked."""
    return {
        name: BLANK if re.fullmatch(_SECRET_HEADER, str(name)) else value
        for name, value in headers.items()
    }


class _Redactor:
    """Blanks by name, and the known secrets by value."""

    def __init__(self, secrets: Iterable[str], unredacted: bool) -> None:
        self.unredacted = unredacted
        # The longest first: one secret may be part of another.
        self.secrets = sorted(set(_spellings(secrets)), key=len, reverse=True)

    def text(self, text: str) -> str:
        if self.unredacted:
            return text
        for secret in self.secrets:
            text = text.replace(secret, BLANK)
        return text

    def url(self, url: str) -> str:
        return url if self.unredacted else self.text(redact_url(url))

    def headers(self, headers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        shown = headers if self.unredacted else redact_headers(headers)
        for name, value in shown.items():
            text = _as_text(value)
            if not self.unredacted:
                # Location and Link have whole URLs in them.
                text = re.sub(_SECRET_PARAM, _blank_unless_paging, text)
            yield name, self.text(text)

    def body(self, body: Any) -> str:
        whole = _as_text(body)
        text = whole[: MAX_BODY + MARGIN]
        if not self.unredacted:
            text = re.sub(_SECRET_JSON, _blank_json, text)
            for pattern in _SECRETS_IN_TEXT:
                text = re.sub(pattern, _blank_unless_paging, text)
            text = self.text(text)
        # Cut last: what is left of a secret that was cut in two cannot be recognised.
        if len(whole) > MAX_BODY:
            text = f"{text[:MAX_BODY]}... ({len(whole)} characters)"
        return text


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """The secrets as they may stand in a URL, a form, JSON, XML, or encoded in base64."""
    import json
    from urllib.parse import quote, quote_plus
    from xml.sax.saxutils import escape

    for secret in secrets:
        if not secret or not isinstance(secret, str):
            continue
        yield secret
        for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
            yield quoted
            yield re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), quoted)
        for ascii_only in (True, False):
            in_json = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
            yield in_json
            yield in_json.replace("/", r"\/")  # as PHP writes it
        yield escape(secret)
        for quotes in _QUOTES_IN_XML:
            in_xml = escape(secret, quotes)
            yield in_xml
            yield in_xml.encode("ascii", "xmlcharrefreplace").decode()
        yield from _within_base64(secret.encode("utf-8", errors="replace"))


def _within_base64(secret: bytes) -> Iterator[str]:
    """How a secret looks in base64 of a longer text ("user:secret"), by its place there."""
    import base64

    yield base64.b64encode(secret).decode()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret).decode()
        # The first and the last characters depend on the neighbours as well.
        own = encoded[(0, 2, 3)[before] : (before + len(secret)) * 4 // 3]
        if len(own) > 8:
            yield own


def _blank_unless_paging(match: re.Match[str]) -> str:
    return match.group(0) if re.search(_PAGING_TOKEN, match.group(1)) else match.group(1) + BLANK


def _blank_json(match: re.Match[str]) -> str:
    if re.search(_PAGING_TOKEN, match.group(1)):
        return match.group(0)
    return f'{match.group(1)}"{BLANK}"'


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", errors="replace")
    if isinstance(value, (str, int)):
        return str(value)
    return f"<{type(value).__name__}>"


def _curl(
    method: str, url: str, headers: Mapping[str, Any], body: Any, redactor: _Redactor
) -> Iterator[str]:
    import shlex

    yield "curl -i"
    yield "--head" if method == "HEAD" else f"-X {method}"
    for name, value in redactor.headers(headers):
        yield "-H " + shlex.quote(f"{name}: {value}")
    if body:
        yield "--data-binary " + shlex.quote(redactor.body(body))
    yield "--compress"
    yield shlex.quote(redactor.url(url))


def _answer(response: Any, redactor: _Redactor, with_body: bool, pretty: bool) -> Iterator[str]:
    yield f"HTTP/1.1 {response.status_code} {response.reason}"
    for name, value in redactor.headers(response.headers):
        yield f"{name}: {value}"
    yield ""
    if not with_body:
        yield "# the body is streamed"
        return
    content = response.content
    yield redactor.body(_indented(content) if pretty else content)


def _indented(content: bytes) -> Any:
    import json

    try:
        return json.dumps(json.loads(content), indent=4)
    except ValueError:
        pass
    from libcloud.common.xml import parse_xml

    try:
        root = parse_xml(content)
    except ValueError:
        return content
    from lxml import etree

    # As text: in bytes, what is not ASCII would be numbers, in which no secret is recognised.
    return etree.tostring(root, pretty_print=True, encoding="unicode")


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes")
