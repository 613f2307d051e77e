"""Who takes part: each seat is a program with one setting; seats of one program share a process."""

from dataclasses import dataclass

PIECES, WORDS, SENTENCES, NOTHING = "pieces", "words", "texts", ""
"""What a seat's vectors are of."""


@dataclass(frozen=True)
class Seat:
    """One line of the table.

    Attributes:
        name: as it stands in the table.
        program: file in ``processes``.
        environment: name of its environment.
        setting: what the program is told.
        kind: what its vectors are of.
        role: ``ours``, ``default`` (a peer as it comes), ``tuned`` (a peer at a better setting) or ``ceiling``.
        cause: why vectors differ where they do.
    """

    name: str
    program: str
    environment: str
    setting: str
    kind: str
    role: str
    cause: str = ""

    @property
    def process(self) -> tuple[str, str]:
        """Seats with the same value share a process."""
        return self.program, self.environment


_NATIVE = ("annopipe_native", "annopipe")
_SPARK_NLP = ("spark_nlp", "spark-nlp")
_FACE = ("hugging_face", "hugging-face")
_ONNX = ("onnx_export", "onnxruntime")
_VINO = ("openvino_export", "openvino")
_PADS = (
    "fills short texts of a batch up with the piece <unk>, which attention sees; texts of one length agree. "
    "Tokens go through the vocabulary one by one, so pieces differ where a token's neighbour matters"
)
_ROUNDS = (
    "computes in bfloat16 where the processor has it, unless told otherwise: 8 bits of a number's 24 are kept, and all "
    "others here compute in float32"
)
_FLAIR = "has tokens of its own: a word that begins elsewhere has another first piece"

SEATS = [
    Seat("bare matrix products (ceiling)", *_NATIVE, "ceiling", NOTHING, "ceiling"),
    Seat("annopipe engine, ids given", *_NATIVE, "engine", PIECES, "ours"),
    Seat("annopipe pipeline, Arrow", *_NATIVE, "pipeline", WORDS, "ours"),
    Seat("annopipe pipeline, pandas", "annopipe_native", "annopipe-frames", "pandas", WORDS, "ours"),
    Seat("annopipe bulk job, file to file", *_NATIVE, "bulk", WORDS, "ours"),
    Seat("annopipe on Sail", "annopipe_spark", "annopipe-sail", "default", WORDS, "ours"),
    Seat("annopipe on Apache Spark", "annopipe_spark", "annopipe-spark", "default", WORDS, "ours"),
    Seat("Spark NLP, batchSize 8 (default)", *_SPARK_NLP, "default", WORDS, "default", _PADS),
    Seat("Spark NLP, batchSize 32", *_SPARK_NLP, "batch 32", WORDS, "tuned", _PADS),
    Seat(
        "Hugging Face in predict_batch_udf, batch 32",
        "hugging_face_udf",
        "hugging-face-spark",
        "batch 32",
        PIECES,
        "default",
    ),
    Seat("Hugging Face pipeline (default)", *_FACE, "default", PIECES, "default"),
    Seat("Hugging Face pipeline, batch 8", *_FACE, "batch 8", PIECES, "tuned"),
    Seat("Hugging Face pipeline, batch 32", *_FACE, "batch 32", PIECES, "tuned"),
    Seat("Hugging Face pipeline, sorted, batch 8", *_FACE, "sorted 8", PIECES, "tuned"),
    Seat(
        "sentence-transformers (default)",
        "sentence_transformer",
        "sentence-transformers",
        "default",
        SENTENCES,
        "default",
    ),
    Seat(
        "sentence-transformers, batch 8", "sentence_transformer", "sentence-transformers", "batch 8", SENTENCES, "tuned"
    ),
    Seat("flair (default)", "flair_words", "flair", "default", WORDS, "default", _FLAIR),
    Seat("ONNX Runtime, plain export, batch 8", *_ONNX, "batch 8", PIECES, "default"),
    Seat("ONNX Runtime, plain export, batch 32", *_ONNX, "batch 32", PIECES, "tuned"),
    Seat("ONNX Runtime, plain export, equal lengths", *_ONNX, "equal lengths", PIECES, "tuned"),
    Seat("OpenVINO, plain export, batch 8", *_VINO, "batch 8", PIECES, "default", _ROUNDS),
    Seat("OpenVINO, plain export, equal lengths", *_VINO, "equal lengths", PIECES, "tuned", _ROUNDS),
    Seat("OpenVINO, equal lengths, float32", *_VINO, "equal lengths, float32", PIECES, "tuned"),
]

ONE_TEXT = {
    "annopipe_native": "one text",
    "annopipe_spark": "one text",
    "spark_nlp": "one text",
    "onnx_export": "one by one",
    "openvino_export": "one by one",
}
"""Setting of a program for one short text, where it is another than ``default``."""

IN_JOBS = {"annopipe_spark", "spark_nlp", "hugging_face_udf"}
"""Programs whose rows go through a job of an engine: they start a second time, until such a job of one row is done."""

TRUTH = Seat("transformers, one text at a time", *_FACE, "truth", PIECES, "default")


YARDSTICK = "annopipe pipeline, Arrow"
"""The seat that the others are set beside: from texts to vectors, as the peers do it."""


def alone() -> list[Seat]:
    """Return one seat of each program and environment: what is asked of whole processes is asked of these."""
    found: dict[tuple[str, str], Seat] = {}
    for seat in SEATS:
        if seat.role == "default" or (seat.role == "ours" and seat.setting in {"pipeline", "pandas", "default"}):
            found.setdefault(seat.process, seat)
    return list(found.values())


def one_text_setting(seat: Seat) -> str:
    """Return the setting of a seat's program for one short text."""
    return ONE_TEXT.get(seat.program, "default")
