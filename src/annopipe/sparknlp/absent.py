"""Annotators of Spark NLP that annopipe does not have: classes that can be imported, and that tell so on use."""

import difflib
from functools import cache
from importlib import import_module
from typing import Any, Final, NoReturn

from annopipe.errors import AnnotatorMissing


def _words(text: str) -> list[str]:
    return text.split()


_FAMILIES: Final = _words("Albert Bert CamemBert DeBerta DistilBert Longformer MPNet RoBerta XlmRoBerta Xlnet")
_TASKS: Final = _words("QuestionAnswering SequenceClassification TokenClassification ZeroShotClassification")
_EMBEDDINGS: Final = _words("AutoGGUF BGE E5 Elmo Instructor Mxbai Nomic OpenAI SnowFlake UAE Word")
_SENTENCE: Final = _words("Bert RoBerta XlmRoBerta")
_TRANSFORMERS: Final = _words("Bart CPM GPT2 LLAMA2 LLAMA3 M2M100 Marian Mistral NLLB Phi2 Phi3 Qwen StarCoder T5")
_TRAINED: Final = _words(
    "ClassifierDL ContextSpellChecker DependencyParser Doc2Vec EntityRuler MultiClassifierDL NerCrf NerDL "
    "NorvigSweeting Perceptron SentenceDetectorDL SentimentDL SymmetricDelete TypedDependencyParser ViveknSentiment "
    "Word2Vec WordSegmenter"
)
_FITTED: Final = _words("BigTextMatcher ChunkTokenizer Lemmatizer Normalizer RecursiveTokenizer SentimentDetector")
_OTHERS: Final = _words(
    "AudioAssembler Chunker ConvNextForImageClassification Date2Chunk DateMatcher DocumentCharacterTextSplitter "
    "DocumentNormalizer DocumentTokenSplitter GraphExtraction GraphFinisher HubertForCTC ImageAssembler "
    "LanguageDetectorDL MultiDateMatcher MultiDocumentAssembler NerConverter NerOverwriter RecursivePipeline "
    "RegexTokenizer SpanBertCorefModel Stemmer StopWordsCleaner SwinForImageClassification TableAssembler Token2Chunk "
    "UniversalSentenceEncoder ViTForImageClassification Wav2Vec2ForCTC WhisperForCTC "
    "WordEmbeddingsModel YakeKeywordExtraction ZeroShotNerModel"
)

NAMES: Final = frozenset(
    [
        *(f"{family}For{task}" for family in _FAMILIES for task in _TASKS),
        *(f"{family}Embeddings" for family in [*_FAMILIES, *_EMBEDDINGS] if family != "Albert"),
        *(f"{family}SentenceEmbeddings" for family in _SENTENCE),
        *(f"{name}Transformer" for name in _TRANSFORMERS),
        *(f"{name}{end}" for name in _TRAINED for end in ("Approach", "Model")),
        *(f"{name}{end}" for name in _FITTED for end in ("", "Model")),
        *_OTHERS,
    ]
)
"""Names of Spark NLP 5.5's annotators and assemblers that annopipe does not have."""

_NEAREST: Final = (
    ("SentenceEmbeddings", "SentenceEmbeddings over AlbertEmbeddings"),
    ("SentenceEncoder", "SentenceEmbeddings over AlbertEmbeddings"),
    ("Embeddings", "AlbertEmbeddings"),
    ("SentenceDetector", "SentenceDetector"),
    ("Tokenizer", "Tokenizer"),
    ("TextMatcher", "TextMatcher"),
    ("EntityRuler", "RegexMatcher or TextMatcher"),
    ("Assembler", "DocumentAssembler"),
    ("RecursivePipeline", "Pipeline"),
    ("Finisher", "Finisher"),
)


class _Absent(type):
    """The type of a class that annopipe does not have: any use of the class tells so."""

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        raise AnnotatorMissing(message(cls.__name__))

    def __getattr__(cls, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AnnotatorMissing(message(cls.__name__))


@cache
def absent(name: str) -> type:
    """Return the class that stands in for an annotator that annopipe does not have."""
    return _Absent(name, (), {"__doc__": message(name), "__module__": "sparknlp.annotator"})


def message(name: str) -> str:
    """Return what to tell of an annotator that annopipe does not have, with what is nearest."""
    here = [other for other in import_module("annopipe").__all__ if other != "Annotation"]
    near = next((told for part, told in _NEAREST if part in name), None)
    if near is None:
        near = ", ".join(difflib.get_close_matches(name, here, n=1))
    text = f"annopipe has no {name}: it makes ALBERT vectors and what they need"
    return f"{text}. Nearest: {near}" if near else f"{text} (annotators: {', '.join(here)})"
