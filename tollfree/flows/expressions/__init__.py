"""Expressions: the small typed language of branch conditions and computed values."""

from tollfree.flows.expressions.check import Checked, TypeFault
from tollfree.flows.expressions.expression import Expression, parse
from tollfree.flows.expressions.tokens import BadExpression

__all__ = ["BadExpression", "Checked", "Expression", "TypeFault", "parse"]
