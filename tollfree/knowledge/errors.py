"""What can go wrong with a project's knowledge.

KnowledgeError
├── BadKnowledgeFolder  a name or folder that knowledge may not be kept under
├── IndexUnusable       the index cannot be read or written
│   └── IndexDamaged    its passages cannot be read back, so only its documents can mend it
├── KnowledgeBusy       somebody else writes to it
└── KnowledgeGone       it was deleted by somebody else meanwhile
"""

from tollfree.protocol.errors import TollfreeError


class KnowledgeError(TollfreeError):
    """A fault of the knowledge room."""

    code = "knowledge"


class IndexUnusable(KnowledgeError):
    """The index cannot be read or written: a full disk, a damaged file, vectors of another embedder."""

    code = "index_unusable"


class IndexDamaged(IndexUnusable):
    """What the index holds cannot be read back: `tollfree knowledge rebuild` reads the documents anew."""

    code = "index_damaged"


class BadKnowledgeFolder(KnowledgeError):
    """A project's name, or its folder, is not one that knowledge may be kept under."""

    code = "bad_knowledge_folder"


class KnowledgeBusy(KnowledgeError):
    """Another process, or another task of this one, writes to the project's knowledge."""

    code = "knowledge_busy"
    retryable = True


class KnowledgeGone(KnowledgeError):
    """The project's knowledge was deleted while somebody waited to write to it."""

    code = "knowledge_gone"
    retryable = True
