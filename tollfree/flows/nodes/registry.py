"""Every kind of node, by name. Adding a kind is one file and one line here."""

from collections.abc import Mapping

from tollfree.flows.nodes.answer import AnswerNode
from tollfree.flows.nodes.ask import AskNode
from tollfree.flows.nodes.base import AnyNode
from tollfree.flows.nodes.branch import BranchNode
from tollfree.flows.nodes.end import EndNode
from tollfree.flows.nodes.intent import IntentNode
from tollfree.flows.nodes.lookup import LookupNode
from tollfree.flows.nodes.order import OrderNode
from tollfree.flows.nodes.run import RunNode
from tollfree.flows.nodes.say import SayNode
from tollfree.flows.nodes.talk import TalkNode
from tollfree.flows.nodes.transfer import TransferNode

NODE_KINDS: Mapping[str, type[AnyNode]] = {
    node.kind: node
    for node in (
        SayNode,
        AskNode,
        IntentNode,
        LookupNode,
        OrderNode,
        AnswerNode,
        TalkNode,
        BranchNode,
        TransferNode,
        RunNode,
        EndNode,
    )
}
