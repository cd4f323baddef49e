"""The streams' events in the OpenAPI document, which has no word for server-sent events of its own."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from tollfree.server.models.live import LiveEvents

REFERENCE = "#/components/schemas/{model}"


class DescribedApp(FastAPI):
    """Its document has the models of what streams send, so that clients made from it have types for them."""

    def openapi(self) -> dict[str, Any]:
        """The document."""
        document = super().openapi()  # made once, and kept
        _, described = models_json_schema([(LiveEvents, "validation")], ref_template=REFERENCE)
        for name, model in described["$defs"].items():
            document["components"]["schemas"].setdefault(name, model)
        return document
