"""The words of a flow: templates, spoken forms, and the engine's own lines."""

from tollfree.flows.wording.lines import ENGLISH, PARAMETERS, BadWording, Line, Wording
from tollfree.flows.wording.template import BadTemplate, Template, render_value, sample_values

__all__ = [
    "ENGLISH",
    "PARAMETERS",
    "BadTemplate",
    "BadWording",
    "Line",
    "Template",
    "Wording",
    "render_value",
    "sample_values",
]
