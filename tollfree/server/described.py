"""The OpenAPI document: what FastAPI writes of the routes, with examples of all that is sent, and with the events of
streams, for which it has no word of its own."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from tollfree.server.examples import add_examples
from tollfree.server.models.live import LiveEvents

REFERENCE = "#/components/schemas/{model}"


class DescribedApp(FastAPI):
    """Its document has the models of what streams send, so that clients made from it have types for them, and an
    example of every body, answer and parameter."""

    def openapi(self) -> dict[str, Any]:
        """The document. Made once, and kept."""
        if self.openapi_schema is not None:
            return self.openapi_schema
        document = super().openapi()
        _, described = models_json_schema([(LiveEvents, "validation")], ref_template=REFERENCE)
        for name, model in described["$defs"].items():
            document["components"]["schemas"].setdefault(name, model)
        add_examples(document)
        return document
