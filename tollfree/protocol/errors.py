"""The root of every error this program raises on purpose.

TollfreeError
├── tollfree.flows.errors.FlowError            a flow that cannot be read or compiled
├── tollfree.calls.tools.errors.ToolError      a look-up that did not succeed
├── tollfree.network.errors.NetworkError       a request that may not be made
├── tollfree.calls.store.errors.StoreError     the store refused, or could not be reached
├── tollfree.calls.errors.CallError            a call that cannot begin or go on
├── tollfree.knowledge.errors.KnowledgeError   a project's knowledge that cannot be kept or read
├── tollfree.language.errors.LanguageError     weights or models that cannot be used
├── tollfree.serving.errors.ServingError       an engine server that cannot start, or refuses
└── tollfree.weights.errors.WeightsError       model files that are missing, damaged, or could not be fetched
"""


class TollfreeError(Exception):
    """A plain sentence for a person, a code for a program."""

    code = "error"
    """Short and stable, such as `unknown_project`."""
    retryable = False
    """Whether the same request may succeed later, unchanged."""

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Why a text file cannot be read: what stands after "cannot be read:"."""
    match error:
        case FileNotFoundError():
            return "it does not exist."
        case IsADirectoryError():
            return "it is a folder."
        case PermissionError():
            return "its permissions do not allow it."
        case UnicodeDecodeError():
            return f"it is not text in UTF-8 (byte {error.start})."
        case _:
            return f"{error.strerror or type(error).__name__}."
