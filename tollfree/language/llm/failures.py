"""What goes wrong between us and a server, in this room's errors: each names route, server and remedy.

Neither the server's own words nor what was asked go into them: a server may quote the caller, or a key.
"""

import ssl
from dataclasses import dataclass

import httpx2
import openai

from tollfree.language.llm.base import ModelError, ModelRefused, ModelRubbish, ModelSlow, ModelUnreachable
from tollfree.language.llm.route import Route

FAILURES = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, OSError, ValueError)
"""What the client library, the connection under it, and reading JSON raise."""

_REMEDIES = {
    400: "it does not take a field of the request: see the server's log; `options` of the route can change or, by "
    "null, leave out any (vLLM takes priorities only with --scheduling-policy priority)",
    401: "it wants a key: the environment variable that api_key_env of the route names must hold it",
    403: "it does not accept the key in the environment variable that api_key_env of the route names",
    404: "it does not know the model, or base_url lacks the version, such as /v1: ask it at /v1/models",
    413: "the prompt is too long for it",
    422: "it does not take a field of the request: see dialect and options of the route",
    429: "it has too much to do: more routes in the chain, or a larger server",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Who is blamed."""

    name: str
    route: Route

    def __str__(self) -> str:
        url = self.route.base_url
        return f"route {self.name} ({self.route.model} at {url.host}:{url.port})"

    def failure(self, error: BaseException) -> ModelError:
        """An error of the client library, in our words."""
        if isinstance(error, openai.APITimeoutError):
            return ModelSlow(f"{self} did not go on in time")
        if isinstance(error, openai.APIStatusError):
            return self._refused(error.status_code)
        if isinstance(error, openai.APIConnectionError):
            if _is_tls(error):
                return ModelUnreachable(
                    f"no secure connection to {self}: its certificate or its TLS was refused", code="tls"
                )
            return ModelUnreachable(f"no connection to {self}, or it broke: is the server up, and base_url right?")
        if isinstance(error, openai.APIError):
            return ModelRefused(f"{self} reported an error in the middle of its answer: see the server's log")
        return ModelRubbish(f"{self} sent what is no answer of the OpenAI protocol: is base_url right?")

    def slow(self, ms: int, budget: str) -> ModelSlow:
        """A budget of the route was overrun."""
        return ModelSlow(f"{self} gave no more within {ms} ms: a faster model, or a larger {budget} of the route")

    def rubbish(self, what: str) -> ModelRubbish:
        """It answered, and it is no answer."""
        return ModelRubbish(f"{self} {what}")

    def _refused(self, status: int) -> ModelRefused:
        remedy = _REMEDIES.get(status, "see the server's log")
        retryable = status in (408, 425, 429) or status >= 500
        return ModelRefused(f"{self} refused with HTTP {status}: {remedy}", code=f"http_{status}", retryable=retryable)


def _is_tls(error: BaseException) -> bool:
    """Whether TLS is what failed, anywhere down the causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
