"""What can go wrong with a project's knowledge."""

from tollfree.protocol.errors import TollfreeError


class KnowledgeError(TollfreeError):
    """A fault of the knowledge room."""

    code = "knowledge"


class IndexUnusable(KnowledgeError):
    """The index cannot be read or written: a full disk, a damaged file, vectors of another embedder."""

    code = "index_unusable"


class BadKnowledgeFolder(KnowledgeError):
    """A project's name, or its folder, is not one that knowledge may be kept under."""

    code = "bad_knowledge_folder"
