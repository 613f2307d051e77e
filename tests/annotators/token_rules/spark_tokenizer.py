"""Spark NLP's tokenizer, written down step by step: slow, one text at a time, with its faults or with them mended.

Nothing here is shared with the package but the translation of Java's patterns, the settings and the error types.
``units`` is the length of a text in UTF-16 units, in which Spark NLP counts.
"""

from dataclasses import dataclass

from annopipe.annotators.java_pattern import JavaPattern, compile_java
from annopipe.annotators.token_rules import TokenSettings
from annopipe.errors import PatternError

SEPARATOR, PROTECTED = "\u2187", "\u2188"
Token = tuple[int, int, str]
"""Begin and exclusive end as counted, and the result."""


def units(text: str) -> int:
    return sum(2 if char > "\uffff" else 1 for char in text)


def quoted(chars: tuple[str, ...]) -> str:
    return "\\Q" + "".join(chars) + "\\E"


@dataclass
class SparkTokenizer:
    settings: TokenSettings
    faults: bool

    def measure(self, text: str) -> int:
        return units(text) if self.faults or self.settings.utf16 else len(text)

    def rules(self) -> list[JavaPattern]:
        own = self.settings
        p = quoted(own.contextChars)
        prefix = f"\\A([{p}]*)" if own.prefixPattern is None else own.prefixPattern
        suffix = f"([{p}]*)\\z" if own.suffixPattern is None else own.suffixPattern
        infixes = own.infixPatterns if own.infixPatterns is not None else (f"([^{p}](?:.*[^{p}])*)",)
        return [compile_java(prefix + infix + suffix) for infix in infixes]

    def tokens(self, text: str) -> list[Token]:
        """Tokens with begin and end in code points, or as Spark NLP counts them where ``faults``."""
        breaks = compile_java(f"[^(?:{self.settings.targetPattern}){PROTECTED}]")
        protected, remembered = self.protected(text, breaks)
        found: list[Token] = []
        for begin, candidate in self.candidates(protected, breaks):
            if candidate in remembered or (self.settings.exceptions is not None and PROTECTED in candidate):
                length = self.size(candidate)
                found.append((begin, begin + length, self.slice(text, begin, length)))
            else:
                found += [(begin + b, begin + b + self.size(token), token) for b, token in self.by_rule(candidate)]
        most = self.settings.maxLength
        return [
            token
            for token in found
            if token[2]
            and self.settings.minLength <= self.measure(token[2])
            and (most is None or self.measure(token[2]) <= most)
        ]

    def size(self, text: str) -> int:
        return units(text) if self.faults else len(text)

    def protected(self, text: str, breaks: JavaPattern) -> tuple[str, set[str]]:
        if self.settings.exceptions is None:
            return text, set()
        flag = "" if self.settings.caseSensitiveExceptions else "(?i)"
        pattern = compile_java("|".join(flag + exception for exception in self.settings.exceptions))
        out, remembered, at = "", set(), 0
        for match in pattern.finditer(text):
            matched = text[match.start() : match.end()]
            replaced = "".join(PROTECTED if breaks.fullmatch(char) else char for char in matched)
            if replaced == matched:
                remembered.add(matched)
            out += text[at : match.start()] + replaced
            at = match.end()
        return out + text[at:], remembered

    def candidates(self, protected: str, breaks: JavaPattern) -> list[tuple[int, str]]:
        """Begin and text of each candidate; with the fault, a separator counts one unit, whatever it is."""
        cuts = [char == SEPARATOR or breaks.fullmatch(char) is not None for char in protected]
        found: list[tuple[int, str]] = []
        start, run = 0, ""
        for char, cut in [*zip(protected, cuts, strict=True), ("", True)]:
            if not cut:
                run += char
                continue
            if run:
                found.append((start, run))
            start, run = start + self.size(run) + 1, ""
        return found

    def slice(self, text: str, begin: int, length: int) -> str:
        if not self.faults:
            return text[begin : begin + length]
        raw = text.encode("utf-16-le", "surrogatepass")[2 * begin : 2 * (begin + length)]
        return raw.decode("utf-16-le", "surrogatepass")

    def by_rule(self, candidate: str) -> list[tuple[int, str]]:
        for rule in self.rules():
            match = rule.search(candidate)
            if match is not None:
                groups = [match.span(group) for group in range(1, rule.groups + 1)]
                return self.split(candidate, [span for span in groups if span[0] < span[1]])
        return [(0, candidate)]

    def split(self, candidate: str, groups: list[tuple[int, int]]) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        place = 0
        for begin, end in groups:
            group = candidate[begin:end]
            parts = self.parts(group)
            if parts is None:
                found.append((place if self.faults else begin, group))
                place += units(group)
            elif self.faults:
                for _, part in parts:
                    place = units(candidate[: candidate.find(part, codes(candidate, place))])
                    found.append((place, part))
                    place += units(part)
            else:
                found += [(begin + first, part) for first, part in parts]
        return found

    def parts(self, group: str) -> list[tuple[int, str]] | None:
        own = self.settings
        if own.splitPattern is not None:
            spans = compile_java(own.splitPattern).split(group)
            if len(spans) > 1:
                return [(begin, group[begin:end]) for begin, end in spans if begin < end]
        if own.splitChars and any(char[-1] in group for char in own.splitChars):
            try:
                pattern = compile_java("|".join(own.splitChars))
            except PatternError:
                return None
            return [(begin, group[begin:end]) for begin, end in pattern.split(group) if begin < end]
        return None


def codes(text: str, place: int) -> int:
    """The code point at this UTF-16 place."""
    return next((i for i in range(len(text) + 1) if units(text[:i]) >= place), len(text))
