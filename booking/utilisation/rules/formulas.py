"""Formulas of report templates: arithmetic over known figures, exact, and nothing else."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Final

Figures = Mapping[str, Fraction]
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Fraction, Fraction], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}
_CALLS: Final[Mapping[str, Callable[..., Fraction]]] = {"min": min, "max": max}


class FormulaUnreadable(ValueError):
    """What stands there is no arithmetic."""


class Formula:
    """Something like `min(effective_hours / rated_hours * 100, 100)`."""

    def __init__(self, text: str) -> None:
        try:
            self._tree = ast.parse(text, mode="eval").body
        except SyntaxError as broken:
            raise FormulaUnreadable(text) from broken
        self.text = text
        # Whatever it cannot reckon with is refused now, not when a year is reported.
        self.names = frozenset(_names(self._tree, text))

    def value(self, figures: Figures) -> Fraction | None:
        """None where it divides by nought."""
        try:
            return _value(self._tree, figures)
        except ZeroDivisionError:
            return None


def _names(node: ast.expr, text: str) -> Iterator[str]:
    """The figures it asks for; FormulaUnreadable where anything but arithmetic stands."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return
        case ast.Name(id=name):
            yield name
        case ast.UnaryOp(op=ast.USub()) | ast.BinOp() | ast.IfExp() | ast.Call():
            for part in _parts(node, text):
                yield from _names(part, text)
        case _:
            raise FormulaUnreadable(f"{text}: {type(node).__name__}")


def _parts(node: ast.expr, text: str) -> list[ast.expr]:
    match node:
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return [left, right]
        case ast.IfExp(
            test=ast.Compare(left=left, ops=[op], comparators=[right]), body=body, orelse=orelse
        ) if type(op) in _COMPARISONS:
            return [left, right, body, orelse]
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as args, keywords=[]) if name in _CALLS:
            return args
        case _:
            raise FormulaUnreadable(f"{text}: {type(node).__name__}")


def _value(node: ast.expr, figures: Figures) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(str(number))
        case ast.Name(id=name):
            return figures[name]
        case ast.UnaryOp(operand=operand):
            return -_value(operand, figures)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, figures), _value(right, figures))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _CALLS[name](*(_value(one, figures) for one in args))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _holds(test, figures) else orelse, figures)
        case _:
            raise FormulaUnreadable(ast.dump(node))


def _holds(node: ast.expr, figures: Figures) -> bool:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARISONS[type(op)](_value(left, figures), _value(right, figures))
        case _:
            raise FormulaUnreadable(ast.dump(node))
