"""Tokens, problems and verifiers of the little tasks, as docs/task-language.md describes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PADDING = 0
END = 1
_SYMBOLS = "+-*/()=<?:;,[]xMC~.!"
_TEXTS = ["\ufffd", "", *_SYMBOLS, *map(str, range(100))]
_TOKENS = {text: token for token, text in enumerate(_TEXTS) if token > END}
_FIRST_NUMBER = END + 1 + len(_SYMBOLS)

_LONGEST_PROGRAM = 32  # characters
_DEEPEST_NESTING = 12
_LARGEST_NUMBER = 1_000_000_000


def encode(text: str) -> list[int]:
    """The tokens of a text; a maximal run of digits is one number."""
    return [_TOKENS[word] for word in re.findall(r"\d+|.", text)]


def decode(tokens: Iterable[int]) -> str:
    """The text of tokens without an end token; a space stands between two numbers in a row."""
    words = []
    was_number = False
    for token in tokens:
        is_number = token >= _FIRST_NUMBER
        words.append(" " + _TEXTS[token] if is_number and was_number else _TEXTS[token])
        was_number = is_number
    return "".join(words)


@dataclass(frozen=True)
class Problem:
    """A prompt with its answer (math) or its hidden tests (code)."""

    prompt: tuple[int, ...]
    answer: str | None
    tests: tuple[tuple[int, int], ...]

    @property
    def is_code(self) -> bool:
        return self.answer is None


def read_problems(path: Path) -> dict[str, Problem]:
    """The problems of a JSON Lines file by their ids, in its order."""
    problems = {}
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        tests = tuple((test["input"], test["output"]) for test in entry.get("tests", ()))
        problems[entry["id"]] = Problem(tuple(encode(entry["prompt"])), entry.get("answer"), tests)
    return problems


_BOX = re.compile(r"[^\[\]]*\[([^\[\]]*)\]")


@lru_cache(maxsize=1 << 16)
def score(problem: Problem, text: str) -> float:
    """Score in 0…1 of a finished response; a policy repeats itself, so verdicts are kept."""
    match = _BOX.fullmatch(text)
    if not match:
        return 0.0
    if not problem.is_code:
        return float(match[1] == problem.answer)
    try:
        program = _Parser(match[1]).program()
    except _NotAProgram:
        return 0.0
    return sum(_passes(program, *test) for test in problem.tests) / len(problem.tests)


def _passes(program: Callable[[int], int], given: int, expected: int) -> bool:
    try:
        return program(given) == expected
    except OverflowError:
        return False


class _NotAProgram(Exception):
    pass


_Expression = Callable[[int], int]


class _Parser:
    """Recursive descent from a program's text to nested functions of its input.

    The language has no loop, so a program of 32 characters meets neither the limit of steps nor
    that of values held at once.
    """

    def __init__(self, text: str):
        if not text or len(text) > _LONGEST_PROGRAM:
            raise _NotAProgram
        self.text = text + "\0"
        self.place = 0
        self.depth = 0

    def program(self) -> _Expression:
        result = self._conditional()
        if self.place < len(self.text) - 1:
            raise _NotAProgram
        return result

    def _take(self, symbol: str) -> bool:
        if self.text[self.place] != symbol:
            return False
        self.place += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise _NotAProgram

    def _nested(self, rule: Callable[[], _Expression]) -> _Expression:
        self.depth += 1
        if self.depth > _DEEPEST_NESTING:
            raise _NotAProgram
        result = rule()
        self.depth -= 1
        return result

    def _conditional(self) -> _Expression:
        left = self._sum()
        if not self._take("<"):
            return left
        right = self._sum()
        self._expect("?")
        then = self._nested(self._conditional)
        self._expect(":")
        otherwise = self._nested(self._conditional)
        return lambda x: then(x) if left(x) < right(x) else otherwise(x)

    def _sum(self) -> _Expression:
        result = self._term()
        while True:
            if self._take("+"):
                result = _bounded(int.__add__, result, self._term())
            elif self._take("-"):
                result = _bounded(int.__sub__, result, self._term())
            else:
                return result

    def _term(self) -> _Expression:
        result = self._atom()
        while self._take("*"):
            result = _bounded(int.__mul__, result, self._atom())
        return result

    def _atom(self) -> _Expression:
        if self._take("x"):
            return lambda x: x
        if self._take("-"):
            inner = self._nested(self._atom)
            return lambda x: -inner(x)
        if self._take("("):
            inner = self._nested(self._conditional)
            self._expect(")")
            return inner
        digits = re.compile("[0-9]+").match(self.text, self.place)
        if not digits or int(digits[0]) > _LARGEST_NUMBER:
            raise _NotAProgram
        self.place = digits.end()
        number = int(digits[0])
        return lambda x: number


def _bounded(
    operation: Callable[[int, int], int], left: _Expression, right: _Expression
) -> _Expression:
    def apply(x: int) -> int:
        value = operation(left(x), right(x))
        if abs(value) > _LARGEST_NUMBER:
            raise OverflowError
        return value

    return apply
