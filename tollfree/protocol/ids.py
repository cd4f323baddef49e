"""Names of things, so that one cannot be passed for another."""

from typing import NewType

ProjectId = NewType("ProjectId", str)
"""A project's name: lower-case letters, digits and hyphens."""
FlowId = NewType("FlowId", str)
"""A flow's name within its project."""
NodeId = NewType("NodeId", str)
"""A node's name within its flow."""
CallId = NewType("CallId", str)
"""Unique for ever; sorts by the time the call began."""
EffectId = NewType("EffectId", str)
"""Unique within a call, and derived from the call's state: a replay gives the same ids."""
SlotName = NewType("SlotName", str)
"""A slot's name within its flow."""
ExitName = NewType("ExitName", str)
"""A named way out of a node."""
