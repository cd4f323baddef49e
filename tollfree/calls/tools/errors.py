"""What can go wrong with a tool. A session turns each into `EffectFailed(code, message)`.

ToolError                  tool_error
├── BadTools               bad_tools           tools.yaml, or one tool of it, cannot be used
├── UnknownTool            unknown_tool        the project has no tool of this name
├── BadArguments           bad_arguments       the flow gave values that the tool cannot take
├── MissingSecret          missing_secret      the project's store has no secret of this name, or an unusable one
├── ForbiddenHost          forbidden_host      the request, or a redirect of it, may not go there
├── Unreachable            unreachable         no connection, or it broke                            retryable
│   └── TlsFailed          tls                 the other side could not prove who it is
├── ToolTimeout            timeout             no complete answer within the tool's time             retryable
├── BadStatus              http_<status>       an answer that is an error      retryable: 408, 425, 429, most 5xx
├── BadRedirect            bad_redirect        too many redirects, or one that cannot be followed
└── BadAnswer              bad_answer          an answer that is not what the tool promises
    ├── TooLarge           too_large           more than `max_bytes`; reading stopped there
    ├── WrongType          wrong_type          HTML, a picture: not JSON by its own account
    ├── BadJson            bad_json            JSON by its own account, and not readable as such
    └── BadMapping         bad_mapping         `result` or `missing.empty` does not fit the answer

No message quotes a secret, an answer's body, or a caller's words.
"""

from tollfree.protocol.errors import TollfreeError


class ToolError(TollfreeError):
    """A tool that cannot be used, or a request that did not succeed."""

    code = "tool_error"


class BadTools(ToolError):
    """Tool definitions that cannot be used. `faults` has every one of them, each with its place."""

    code = "bad_tools"

    def __init__(
        self, message: str, *, faults: tuple[str, ...] = (), code: str | None = None, retryable: bool | None = None
    ) -> None:
        super().__init__(message, code=code, retryable=retryable)
        self.faults = faults


class UnknownTool(ToolError):
    """The project has no tool of this name."""

    code = "unknown_tool"


class BadArguments(ToolError):
    """Values that the tool cannot take: missing, unknown, or of another type. All of them at once."""

    code = "bad_arguments"


class MissingSecret(ToolError):
    """A secret the tool needs is not in the project's store, or cannot be sent where the tool wants it."""

    code = "missing_secret"


class ForbiddenHost(ToolError):
    """Requests may not go there: not allowed by the owner, or never allowed."""

    code = "forbidden_host"


class Unreachable(ToolError):
    """No connection could be made, or it broke before the answer was complete."""

    code = "unreachable"
    retryable = True


class TlsFailed(Unreachable):
    """The other side could not prove who it is, or does not speak TLS."""

    code = "tls"
    retryable = False


class ToolTimeout(ToolError):
    """No complete answer within the tool's time, retries included."""

    code = "timeout"
    retryable = True


class BadStatus(ToolError):
    """An HTTP status that is neither success nor, for this tool, "there is no such thing"."""

    code = "http_error"
    retry_after_ms = 0.0
    """How long the other side asked us to wait before the next try."""


class BadRedirect(ToolError):
    """Too many redirects, or one that cannot be followed."""

    code = "bad_redirect"


class BadAnswer(ToolError):
    """An answer that is not what the tool promises."""

    code = "bad_answer"


class TooLarge(BadAnswer):
    """More than the tool's `max_bytes`. Reading stopped there."""

    code = "too_large"


class WrongType(BadAnswer):
    """Not JSON by its own account."""

    code = "wrong_type"


class BadJson(BadAnswer):
    """Not readable as JSON."""

    code = "bad_json"


class BadMapping(BadAnswer):
    """`result` or `missing.empty` does not fit the answer."""

    code = "bad_mapping"
