"""What can go wrong with weights and models.

LanguageError
├── UnknownEmbedder   a name that no embedder has
├── WeightsMissing    the package that carries a model's weights is not installed
├── WeightsChanged    a weights file is not the one that is pinned
├── CacheUnusable     the folder for built models cannot be written
├── ModelDamaged      saved classifiers that cannot be read back
├── TrainingRefused   choice sets or rows a classifier cannot be trained on
└── BadRow            a row of an evaluation file that cannot be used
"""

from tollfree.protocol.errors import TollfreeError


class LanguageError(TollfreeError):
    """The root of this room's errors."""

    code = "language"


class UnknownEmbedder(LanguageError):
    """A name that no embedder has."""

    code = "unknown_embedder"


class WeightsMissing(LanguageError):
    """The package that carries a model's weights is not installed."""

    code = "weights_missing"


class WeightsChanged(LanguageError):
    """A weights file is not the one that is pinned."""

    code = "weights_changed"


class CacheUnusable(LanguageError):
    """The folder for built models cannot be written."""

    code = "cache_unusable"
    retryable = True


class ModelDamaged(LanguageError):
    """Saved classifiers that cannot be read back."""

    code = "model_damaged"


class TrainingRefused(LanguageError):
    """Choice sets or rows a classifier cannot be trained on."""

    code = "training_refused"


class BadRow(LanguageError):
    """A row of an evaluation file that cannot be used."""

    code = "bad_row"
