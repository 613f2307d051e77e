"""Every exception and warning that annopipe raises, each also the builtin that Spark NLP's Python raises there.

Spark NLP's ``IllegalArgumentException`` is ``ValueError`` here, its ``AnalysisException`` too.
"""

from typing import Any, Final, Self

LONGEST_TEXT: Final = 6000
"""Characters of an error's or a warning's text; what a damaged file holds may be millions."""

KEPT_END: Final = 1500
"""Of them those of the end, where the text says what to do."""

MARK: Final = " [... {} characters ...] "


def bounded(text: Any) -> Any:
    """Return a text, or of a longer one beginning and end with the number of characters between them."""
    if not isinstance(text, str) or len(text) <= LONGEST_TEXT:
        return text
    kept = LONGEST_TEXT - KEPT_END - 2 * len(MARK)
    return text[:kept] + MARK.format(len(text) - kept - KEPT_END) + text[-KEPT_END:]


class AnnopipeError(Exception):
    """Base of all errors of annopipe: catch it to catch them all.

    A text of more than ``LONGEST_TEXT`` characters loses its middle.

    Attributes:
        row: of an error that one row brings about, that row's number, from 0; None for others.
        stage: the kind of stage that met the row.
    """

    row: int | None = None
    stage: str = ""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*map(bounded, values), **named)

    def at(self, row: int, stage: str = "") -> Self:
        """Return the error with the number of its row, and the stage that met it."""
        self.row, self.stage = row, stage
        return self


class AnnopipeWarning(UserWarning):
    """Base of all warnings of annopipe; each cause is warned of once per process."""

    def __init__(self, *values: Any) -> None:
        super().__init__(*map(bounded, values))


class ParamTypeError(AnnopipeError, TypeError):
    """A parameter was given a value of the wrong type."""


class ColumnNamesMissing(ParamTypeError, IndexError):
    """``setInputCols`` was called without names."""


class NoneGiven(ParamTypeError, AttributeError):
    """A parameter that takes text was given None."""


class ParamValueError(AnnopipeError, ValueError):
    """A parameter was given a value outside its range."""


class ParamUnset(AnnopipeError, KeyError):
    """A parameter without default was read before it was set."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class PatternError(ParamValueError):
    """A user's pattern is not a valid Java regular expression, or uses a construct that has no equivalent here."""


class ExceptionsFileMissing(ParamValueError, FileNotFoundError):
    """The file that ``exceptionsPath`` names is not there."""


class RulesFileMissing(ParamValueError, FileNotFoundError):
    """The file of rules or of texts that a matcher should read is not there."""


class PatternTimeout(AnnopipeError, TimeoutError):
    """A user's pattern ran too long on a text."""


class AnnotatorMissing(AnnopipeError, NotImplementedError, TypeError):
    """An annotator of Spark NLP's that annopipe does not have; the text names what is nearest."""


class WiringError(AnnopipeError, ValueError):
    """A stage's input column is missing or holds annotations of another type, or its output column exists."""


class LightWiringError(WiringError, TypeError):
    """A `WiringError` of LightPipeline, where Spark NLP's Python raises TypeError."""


class ColumnTypeError(AnnopipeError, TypeError):
    """A column or frame is of a type that cannot be read here."""


class UnsupportedColumn(ColumnTypeError):
    """A column is of a type that the engine does not hand to Python; said before any work."""


class ChunkMissing(AnnopipeError, ValueError):
    """A document does not hold the text of its chunk column, and ``failOnMissing`` is set."""


class WordNotFound(AnnopipeError, LookupError):
    """A text does not have the word that was named, or has it several times; the text names those that there are."""


class RowTooLarge(AnnopipeError, ValueError):
    """The annotations of one row exceed ``maxRowBytes``."""


class ModelError(AnnopipeError, ValueError):
    """A model folder cannot be used: something in it is missing, damaged or does not fit."""


class ModelFileMissing(ModelError, FileNotFoundError):
    """A model folder lacks a file that every model has."""


class SentenceHeadError(ModelError):
    """A sentence-transformers folder asks for a module, pooling or setting that is not computed here, or is damaged."""


class CheckpointError(ModelError):
    """A checkpoint's weights are damaged, missing, left over or of the wrong shape."""


class VocabularyError(ModelError):
    """A SentencePiece vocabulary is damaged or belongs to another model."""


class OtherVocabulary(VocabularyError, ModelFileMissing):
    """A model's vocabulary is of another kind than SentencePiece's, such as WordPiece; the text says what serves."""


class SourceError(ModelError):
    """What is to be imported cannot be read: it is damaged, of another form, or holds no model or several."""


class ArchiveError(SourceError):
    """An archive is damaged, encrypted, larger than it may be, or would write outside its folder."""


class PickleRefused(SourceError):
    """A file of torch holds something else than tensors; nothing of it was run."""


class OtherArchitecture(SourceError):
    """A model is no ALBERT; the text names what it is."""


class SelfCheckFailed(SourceError):
    """An imported model does not run, or does not give what its source's own graph gives."""


class ModelChanged(ModelError):
    """Files of a model were changed while they were read, or after the model was loaded."""


class VectorsNotFinite(ModelError):
    """A model's numbers overflow: vectors that it gives would hold NaN or infinity; none of them is given."""


class ModelMismatch(ModelError):
    """A worker's model folder holds other content than the driver's."""


class ModelNotFound(AnnopipeError, LookupError):
    """No model of this name and language is known or on this machine."""


class NluReferenceError(ModelNotFound):
    """A reference of NLU's means no ALBERT model that is known."""


class ModelNotHere(ModelNotFound):
    """A model is known but not on this machine, and may not or cannot be fetched."""


class CatalogError(AnnopipeError, ValueError):
    """A catalog of models of the user's own cannot be read."""


class FetchError(AnnopipeError, ConnectionError):
    """A model could not be fetched; a further try goes on where this one ended."""


class FetchDenied(FetchError, PermissionError):
    """The hub refuses to give a model to this user: no token, a wrong one, or terms not accepted."""


class FetchTimeout(FetchError, TimeoutError):
    """The hub did not answer in time."""


class FetchMismatch(FetchError):
    """What came is not what the hub or the catalog announced: another size or another SHA-256."""


class StoreError(AnnopipeError, OSError):
    """The local store of models cannot be read or written, or what lies there was changed."""


class RemoteFolderError(AnnopipeError, OSError):
    """A folder at an address (``s3://``, ``gs://``, ``abfs://``, ``hdfs://``, …) cannot be read or written."""


class NameTaken(StoreError):
    """A model is to be stored under a name that another one has."""


class OutputTaken(AnnopipeError, FileExistsError):
    """What an export would write is there already; nothing of it was changed."""


class SavedPipelineError(AnnopipeError, ValueError):
    """A saved pipeline folder cannot be read or written."""


class MissingExtra(AnnopipeError, ImportError):
    """An optional library is not installed; the text names the extra that brings it."""


class PackageMixture(AnnopipeError, ImportError):
    """Packages that own the same modules are installed together; the text gives the commands that repair it."""


class SessionError(AnnopipeError, RuntimeError):
    """A Spark session cannot be started, or one that was started is gone."""


class EngineLacks(AnnopipeError, NotImplementedError):
    """The Spark engine does not have what was called; the text says what serves instead."""


class JavaError(SessionError):
    """Apache Spark is to run, and there is no Java, or one that is too old for this pyspark."""


class VersionMismatch(AnnopipeError, RuntimeError):
    """Stages came from another version of annopipe than the one that should run them."""


class WorkerLacks(AnnopipeError, ImportError):
    """A Spark worker's Python is missing, of another version, or lacks annopipe or what it needs; the text says how."""


class CommandError(AnnopipeError, ValueError):
    """A command of the command line cannot be carried out as it was given."""


class InputFileError(AnnopipeError, ValueError):
    """A file of texts cannot be read: it is damaged, of another form, or lacks the text column."""


class JobChanged(AnnopipeError, ValueError):
    """A bulk job's settings, model or inputs are not those with which its output was begun."""


class DatasetError(AnnopipeError, OSError):
    """The folder of a bulk job's output cannot be used: it holds something else, is damaged, or another run has it."""


class OutputError(DatasetError):
    """A file of an output cannot be written: the disk is full or closed, or a limit is met; the text names it."""


class JobTakenOver(DatasetError):
    """A bulk job that was suspended found that another run has gone on with its output; it wrote nothing more."""


class OutputOverlap(ParamValueError):
    """An input, the cache or the report of a job lies inside the output, or two of them are one file."""


class RowFailed(AnnopipeError, ValueError):
    """A row of a bulk job cannot be embedded; the text says which and why."""


class ProcessEnding(AnnopipeError, RuntimeError):
    """A thread asked for vectors while the interpreter was ending."""


class WorkerDied(AnnopipeError, RuntimeError):
    """A worker process of a bulk job or of Spark ended again and again before its work was done."""
