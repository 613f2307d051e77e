"""``annopipe.embed_dataset``: files of texts to a Parquet dataset."""

from collections.abc import Iterable
from typing import Unpack

from annopipe.bulk.job import Job, JobOptions, PathLike
from annopipe.bulk.report import Report
from annopipe.bulk.run import check_report, run_job
from annopipe.bulk.runners import runner_of


def embed_dataset(
    inputs: PathLike | Iterable[PathLike] | None = None,
    output: PathLike | None = None,
    *,
    config: PathLike | None = None,
    **options: Unpack[JobOptions],
) -> Report:
    """Embed the texts of files into a folder of Parquet files, shard by shard; called again, go on where it ended.

    Args:
        inputs: one or several of: a file (``.txt``, ``.jsonl``, ``.csv``, ``.parquet``), a folder with such files, a
            glob, an address such as ``s3://bucket/texts/*.parquet`` (extra ``annopipe[remote]``).
        output: the dataset's folder; it is made if it is not there.
        config: a TOML file with any of the options, ``inputs`` and ``output`` too; what is given here counts more.
        model, lang: as `annopipe.load` takes them; default ``albert_mini``, ``en``.
        column: the text column, ``text``; a null is an empty text. All other columns are carried along.
        level: ``word`` (default), ``sentence`` (one vector a text, column ``vector``), or ``both``.
        flat: word vectors as one row a token (``row``, carried columns without the text, ``token``, ``begin``, ``end``,
            ``vector``) instead of columns of annotations; with ``both`` two parts, folders ``words`` and ``sentences``.
        dialect: ``albert`` (default) or ``sparknlp``.
        layers, pooling, window: as for `Embedder.embed_words`, or `Embedder.embed_sentences` at the level ``sentence``.
        sentence_pooling: at the level ``both``, the pooling of sentence vectors; None = the model's own way, else mean.
        sentences: find sentences first and encode each by itself (word vectors).
        float16: vectors of 16 bits, where they are lists of one size (all but annotations).
        prefix: put before the names of new columns.
        compression: ``zstd`` (default), ``snappy``, ``lz4``, ``gzip`` or ``none``.
        shard_rows: rows of the inputs that make one shard, 10 000.
        on_error: ``stop`` (default) at a row that fails, or ``skip`` it and tell in ``_failures.jsonl``.
        threads: processor threads, shared out among processes; None = all that this process may use.
        processes: processes that compute, each with its own encoder; default 1, this one.
        stall_seconds: seconds after which one of several processes that uses no processor time at its work is replaced,
            600; 0 = never.
        memory: bytes for the whole job, default ``"1GB"``, with several processes 1 GB for each and for
            this one; see docs/bulk.md for what it bounds.
        deduplicate: compute equal texts once, as far as memory reaches (default).
        cache: a file that remembers results across runs; True = one in the user's cache folder; default none.
        cache_size: most bytes of the cache's entries, ``"10GB"``.
        restart: drop what the output holds and begin anew.
        progress: show a bar on a terminal (default).
        report: a JSON file to which the report is written besides, outside the output; default none.
        remote: a Spark Connect or Sail server, ``sc://host:port``, that carries the job out; docs/bulk.md tells what
            is otherwise there. The session stays until `annopipe.stop`.

    Returns:
        What was done; also in ``_report.json`` in the output.

    Raises:
        JobChanged: the output was begun with other settings, inputs or another model.
        DatasetError: the output holds something else, is damaged, or another run writes to it.
        OutputError: a file of the output, or the report, cannot be written; for the report before the job.
        OutputOverlap: an input, the cache or the report lies inside the output, or two of them are one file.
        JobTakenOver: this process was suspended, and another run has gone on with the output.
        InputFileError, MissingExtra: an input cannot be read.
        RowFailed: a row cannot be embedded, and ``on_error`` is ``stop``.
        WorkerDied: processes ended, or stalled, three times at the same rows.
        SessionError: the server that ``remote`` names does not answer.
        ParamTypeError, ParamValueError, WiringError, ModelNotFound: an option that is wrong here.
    """
    job = Job.of(inputs, output, config, options)
    check_report(job)
    report = run_job(job) if job.remote is None else runner_of(job.remote)(job, job.remote)
    if job.report is not None:
        report.write(job.report)
    return report
