"""大写金额: amounts as cheques and payment lists write them.

Of the two lawful ways we keep …壹拾万柒仟元零伍角叁分: no 零 where a 万 that ends in zero meets
full thousands, a 零 after 元 where the yuan end in zero and 角 follow.
"""

from booking.kernel.money import yuan

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
# How many 亿, counted in 万 where there are more: 壹万贰仟亿.
_UNITS = ((10**8, "亿"), (10**4, "万"))


def amount_in_words(fen: int) -> str:
    """The amount in characters, with 人民币 before it; 整 after 元 and 角, never after 分."""
    whole, cents = divmod(abs(fen), 100)
    sign = "负" if fen < 0 else ""
    return f"人民币{sign}{_whole_and_cents(whole, cents)}"


def figures(fen: int) -> str:
    """The amount with thousands separated, for reading."""
    whole, cents = yuan(abs(fen)).split(".")
    return f"{'-' if fen < 0 else ''}{int(whole):,}.{cents}"


def _whole_and_cents(whole: int, cents: int) -> str:
    tenths, rest = divmod(cents, 10)
    if not cents:
        return f"{_whole(whole)}元整"
    head = f"{_whole(whole)}元" if whole else ""
    gap = "零" if whole and (not tenths or whole % 10 == 0) else ""
    tail = f"{_DIGITS[tenths]}角" if tenths else ""
    return f"{head}{gap}{tail}{f'{_DIGITS[rest]}分' if rest else '整'}"


def _whole(number: int) -> str:
    if not number:
        return "零"
    for unit, word in _UNITS:
        head, rest = divmod(number, unit)
        if head:
            # The first place after the unit is empty.
            gap = "零" if 0 < rest < unit // 10 else ""
            return f"{_whole(head)}{word}{gap}{_whole(rest) if rest else ''}"
    return _section(number)


def _section(section: int) -> str:
    text, zero = "", False
    for power in range(3, -1, -1):
        digit = section // 10**power % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + _PLACES[power]
        zero = not digit
    return text
