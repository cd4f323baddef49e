"""Everything the store can refuse, or fail at.

StoreError                 the database said something unexpected
├── StoreUnavailable       locked, unreachable or closed; usually worth another try
├── StoreReadOnly          the file, its folder or the server's role does not allow writing
├── StoreFull              the disk, or the database's own limit, is full
├── StoreDamaged           the file is not a database, or is corrupt
├── StoreNewer             a newer version of this program has been here
├── InvalidDocument        something that is not JSON was to be stored
├── InvalidName            a project's name with characters it may not have
├── InvalidFlowName        a flow's name with characters it may not have
├── ProjectExists          a project of this name is there already
├── UnknownProject         no such project
├── UnknownFlow            no such flow in this project
├── UnknownVersion         no such version of this flow, or none is published
├── UnknownResource        no such tool, catalogue or secret in this project
├── NumberTaken            another project, or another agent of this one, answers this number
├── UnknownNumber          nobody here answers this number
├── NotWaiting             this call waits for nobody, or no longer
├── AlreadyTaken           another person is joining this call
├── BadEmail               what is no e-mail address was to name a person
├── EmailTaken             another person has this address
├── UnknownUser            no such person
├── AlreadyMember          this person has a part in this project
├── LastAdmin              nobody else could administer the installation
├── StaleDraft             somebody else saved the draft first
├── StaleSettings          somebody else saved the project's settings first
├── StaleResource          somebody else saved the tool, catalogue, person, … first
├── StalePublication       another version was published meanwhile
├── FlowInUse              a flow that an agent, another flow or a call needs
├── UnknownCall            no such call
├── CallExists             a call with this id was begun already
├── CallClosed             the call has ended; nothing can be added to it
├── BadQuery               words of which nothing can be looked for
├── KeyReused              a request's key was sent with another request
├── StillBeingDone         the same request is being done
└── OutOfSequence          records that would leave a gap in a call's log, or write a place twice
"""

from collections.abc import Mapping
from datetime import datetime

from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.protocol.role import Role
from tollfree.protocol.values import Value


class StoreError(TollfreeError):
    """The root. Raised itself only for what the database was not expected to say."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """Locked, unreachable or closed."""

    code = "store_unavailable"
    retryable = True


class StoreReadOnly(StoreError):
    """Nothing can be written here. What is stored can still be read."""

    code = "store_read_only"


class StoreFull(StoreError):
    """No room left. Nothing of the refused request was stored; what was stored before is safe."""

    code = "store_full"
    retryable = True


class StoreDamaged(StoreError):
    """The file is not a database, or not a whole one."""

    code = "store_damaged"


class StoreNewer(StoreError):
    """The tables are those of a newer program."""

    code = "store_newer"


class InvalidDocument(StoreError):
    """Not JSON: NaN, an unknown type, or nested too deeply."""

    code = "invalid_document"


class InvalidName(StoreError):
    """A name with characters it may not have."""

    code = "invalid_name"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot name a project. Use up to 64 lower-case letters, digits and hyphens, "
            "beginning with a letter or digit."
        )


class InvalidFlowName(StoreError):
    """A name with characters it may not have."""

    code = "invalid_flow_name"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot name a flow. Use up to 64 lower-case letters, digits and underscores, "
            "beginning with a letter."
        )


class ProjectExists(StoreError):
    """The name is taken."""

    code = "project_exists"

    def __init__(self, project: ProjectId) -> None:
        super().__init__(f"There is a project named {project!r} already. Choose another name, or delete it first.")
        self.project = project


class UnknownProject(StoreError):
    """No such project."""

    code = "unknown_project"

    def __init__(self, project: ProjectId) -> None:
        super().__init__(f"There is no project named {project!r}. `tollfree project list` shows those there are.")
        self.project = project


class UnknownFlow(StoreError):
    """No such flow in this project."""

    code = "unknown_flow"

    def __init__(self, project: ProjectId, flow: FlowId) -> None:
        super().__init__(
            f"Project {project!r} has no flow named {flow!r}. `tollfree flow list {project}` shows those it has."
        )
        self.project = project
        self.flow = flow


class UnknownVersion(StoreError):
    """No such version of this flow; or, when `number` is None, none is published."""

    code = "unknown_version"

    def __init__(self, project: ProjectId, flow: FlowId, number: int | None) -> None:
        if number is None:
            message = f"Flow {flow!r} of project {project!r} has no published version. Publish its draft first."
        else:
            message = f"Flow {flow!r} of project {project!r} has no version {number}."
        super().__init__(message)
        self.project = project
        self.flow = flow
        self.number = number


class UnknownResource(StoreError):
    """No such tool, catalogue or secret in this project."""

    code = "unknown_resource"

    def __init__(self, project: ProjectId, kind: str, name: str) -> None:
        super().__init__(f"Project {project!r} has no {kind} named {name!r}.")
        self.project = project
        self.kind = kind
        self.name = name


class NumberTaken(StoreError):
    """A number is answered by one agent only."""

    code = "number_taken"

    def __init__(self, number: str, project: ProjectId, agent: str) -> None:
        super().__init__(
            f"{number} is answered by the agent {agent!r} of project {project!r} already. "
            f"To give it to another, first run `tollfree number remove {number}`."
        )
        self.number = number
        self.project = project
        self.agent = agent


class UnknownNumber(StoreError):
    """Nobody here answers this number."""

    code = "unknown_number"

    def __init__(self, number: str) -> None:
        super().__init__(f"No agent answers {number}. `tollfree number list` shows the numbers that are answered.")
        self.number = number


class NotWaiting(StoreError):
    """This call waits for nobody."""

    code = "not_waiting"

    def __init__(self, call: CallId) -> None:
        super().__init__(
            f"Call {call!r} does not wait for a person, or no longer. `tollfree people waiting` shows those that do."
        )
        self.call = call


class AlreadyTaken(StoreError):
    """Another person is joining this call."""

    code = "already_taken"

    def __init__(self, call: CallId, by: str) -> None:
        super().__init__(f"{by} is taking call {call!r} already.")
        self.call = call
        self.by = by


class BadEmail(StoreError):
    """Not an e-mail address."""

    code = "bad_email"

    def __init__(self, email: str) -> None:
        super().__init__(f"{email[:80]!r} is not an e-mail address. Write one such as ada@example.com.")


class EmailTaken(StoreError):
    """Another person has this address."""

    code = "email_taken"

    def __init__(self, email: str) -> None:
        super().__init__(f"There is a person with the address {email} already. Give them a role instead.")


class UnknownUser(StoreError):
    """No such person."""

    code = "unknown_user"

    def __init__(self, user: str) -> None:
        super().__init__(f"There is no person {user[:80]!r}.")


class AlreadyMember(StoreError):
    """This person has a part in this project."""

    code = "already_member"

    def __init__(self, email: str, role: Role) -> None:
        super().__init__(f"{email} is a member already, as {role.value}. Change their role instead.")
        self.email = email
        self.role = role
        """What they are."""


class LastAdmin(StoreError):
    """Nobody else could administer the installation."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the last admin of the installation. Make somebody else one first.")


class StaleDraft(StoreError):
    """The draft was changed since it was read. Nothing was overwritten; what is stored now comes with the error."""

    code = "stale_draft"

    def __init__(
        self,
        project: ProjectId,
        flow: FlowId,
        expected: int,
        stored: int,
        document: Mapping[str, Value],
        saved_at: datetime,
        saved_by: str,
    ) -> None:
        who = f" by {saved_by}" if saved_by else ""
        base = f"revision {expected}" if expected else "a new flow"
        super().__init__(
            f"Flow {flow!r} of project {project!r} was saved{who} at {saved_at:%Y-%m-%d %H:%M:%S %Z} "
            f"(revision {stored}), after the copy you changed was read ({base}). "
            "Nothing was overwritten: take over that revision and save again."
        )
        self.project = project
        self.flow = flow
        self.expected = expected
        self.stored = stored
        """The revision stored now."""
        self.document = document
        """The document stored now."""
        self.saved_at = saved_at
        self.saved_by = saved_by

    @property
    def current(self) -> Mapping[str, Value]:
        """What is stored now, for whoever wants to take it over."""
        return {
            "revision": self.stored,
            "document": self.document,
            "saved_at": self.saved_at.isoformat(),
            "saved_by": self.saved_by,
        }


class StaleSettings(StoreError):
    """The settings were changed since they were read. Nothing was overwritten; what is stored comes with the error."""

    code = "stale_settings"

    def __init__(self, project: ProjectId, current: Mapping[str, Value]) -> None:
        super().__init__(
            f"The settings of project {project!r} were saved by somebody else after the copy you changed was read. "
            "Nothing was overwritten: look at what is there now, and save again."
        )
        self.project = project
        self.current = current
        """What is stored now."""


class StaleResource(StoreError):
    """A tool, a catalogue, a person, … was changed since it was read. Nothing was overwritten; what is stored comes
    with the error."""

    code = "stale_resource"

    def __init__(self, project: ProjectId | None, kind: str, name: str, current: Mapping[str, Value] | None) -> None:
        """`project`: None, where it is the installation's."""
        became = "was deleted" if current is None else "was saved by somebody else"
        where = "" if project is None else f" of project {project!r}"
        super().__init__(
            f"The {kind} {name!r}{where} {became} after the copy you changed was read. "
            "Nothing was overwritten: look at what is there now, and save again."
        )
        self.current: Mapping[str, Value] = current if current is not None else {}
        """What is stored now; empty: nothing."""


class StalePublication(StoreError):
    """Another version was published, or the draft was saved, since whoever publishes looked."""

    code = "stale_publication"

    def __init__(self, flow: FlowId, expected: int, stored: int) -> None:
        super().__init__(
            f"The draft of flow {flow!r} is at revision {stored}, not {expected} which you looked at. "
            "Nothing was published: look at what was changed, and publish again."
        )
        self.flow = flow


class FlowInUse(StoreError):
    """A flow that is needed."""

    code = "flow_in_use"

    def __init__(self, flow: FlowId, why: str) -> None:
        super().__init__(f"Flow {flow!r} cannot be deleted: {why}")
        self.flow = flow


class UnknownCall(StoreError):
    """No such call."""

    code = "unknown_call"

    def __init__(self, call: CallId) -> None:
        super().__init__(f"There is no call {call!r}. `tollfree calls list` shows those there are.")
        self.call = call


class CallExists(StoreError):
    """A call with this id was begun already."""

    code = "call_exists"

    def __init__(self, call: CallId) -> None:
        super().__init__(f"Call {call!r} was begun already.")
        self.call = call


class CallClosed(StoreError):
    """The call has ended."""

    code = "call_closed"

    def __init__(self, call: CallId) -> None:
        super().__init__(f"Call {call!r} has ended; nothing can be added to it.")
        self.call = call


class BadQuery(StoreError):
    """Words of which nothing can be looked for."""

    code = "bad_query"


class KeyReused(StoreError):
    """A request's key was sent with another request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent with another request before. Take a new key for a new request.")


class StillBeingDone(StoreError):
    """The same request is being done, and takes long."""

    code = "still_being_done"

    def __init__(self) -> None:
        super().__init__("The same request is still being done. Send it again in a few seconds, with the same key.")


class OutOfSequence(StoreError):
    """A gap or a duplicate. After a lost connection it may mean that the records were stored after all: `next`
    is then past them, and reading them back tells."""

    code = "out_of_sequence"

    def __init__(self, call: CallId, expected: int, stored: int) -> None:
        kind = "leave a gap" if expected > stored else "write a place twice"
        super().__init__(
            f"Records from {expected} on would {kind} in the log of call {call!r}, whose next record is {stored}."
        )
        self.call = call
        self.expected = expected
        """The place the writer meant to write."""
        self.next = stored
        """The place the log is at."""
