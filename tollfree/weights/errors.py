"""What can be wrong with model files. Every sentence ends with what would help.

WeightsError
├── UnknownModel     the manifest has no model of that name
├── MissingModel     its files are not here
├── DamagedModel     a file is here and is not the pinned one
├── PullFailed       no source had the right files
├── NoRoom           the disk is full, or nearly
└── CacheUnusable    the cache folder cannot be written
"""

from tollfree.protocol.errors import TollfreeError


class WeightsError(TollfreeError):
    """Model files that cannot be used."""

    code = "weights"


class UnknownModel(WeightsError):
    """The manifest has no model of that name."""

    code = "unknown_model"


class MissingModel(WeightsError):
    """A model's files are not on this machine."""

    code = "missing_model"


class DamagedModel(WeightsError):
    """A file is there, and is not the pinned one."""

    code = "damaged_model"


class PullFailed(WeightsError):
    """No source had the right files."""

    code = "pull_failed"
    retryable = True


class NoRoom(WeightsError):
    """The disk has no room for a model."""

    code = "no_room"


class CacheUnusable(WeightsError):
    """The cache folder cannot be written."""

    code = "cache_unusable"
