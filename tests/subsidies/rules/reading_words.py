"""A reader of 大写金额 that knows nothing of how ours are written: it takes them apart from the
outside (亿, then 万, then places) and refuses whatever is not written as the rules want it."""

import re

DIGITS = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
_DIGIT = "[壹贰叁肆伍陆柒捌玖]"
_PLACES = ("仟", "佰", "拾", "")
_AMOUNT = re.compile(
    rf"人民币(?P<sign>负?)(?:(?P<whole>.+)元)?(?P<gap>零?)"
    rf"(?:(?P<tenths>{_DIGIT})角)?(?:(?P<cents>{_DIGIT})分)?(?P<end>整?)"
)


class NotWellWritten(Exception):
    """It breaks a rule of writing."""


def read_amount(words: str) -> int:
    """The amount in fen."""
    found = _AMOUNT.fullmatch(words)
    _demand(found is not None, words)
    assert found is not None
    whole = read_whole(found["whole"]) if found["whole"] else 0
    tenths, cents = (DIGITS[found[part] or "零"] for part in ("tenths", "cents"))
    # 整 after 元 and after 角, never after 分.
    _demand((found["end"] == "整") == (cents == 0), words)
    _demand(found["whole"] != "零" or not (tenths or cents), words)
    needed = whole > 0 and (cents > 0 or tenths > 0) and (tenths == 0 or whole % 10 == 0)
    _demand((found["gap"] == "零") == needed, words)
    amount = whole * 100 + tenths * 10 + cents
    _demand(not found["sign"] or amount > 0, words)
    return -amount if found["sign"] else amount


def read_whole(words: str) -> int:
    """A whole number of yuan."""
    if words == "零":
        return 0
    for unit, value in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = words.rpartition(unit)
        if found:
            rest = read_whole(tail.removeprefix("零")) if tail else 0
            _demand(not tail or rest > 0, words)
            _demand(tail.startswith("零") == (0 < rest < value // 10), words)
            return read_whole(head) * value + rest
    return _read_places(words)


def _read_places(words: str) -> int:
    """Up to 9999: each place once, from the largest, one 零 for a run of empty ones inside."""
    found = re.fullmatch("".join(f"(?:(零?)({_DIGIT}){place})?" for place in _PLACES), words)
    _demand(found is not None and words != "", words)
    assert found is not None
    number, last = 0, None
    for at in range(4):
        zero, digit = found[2 * at + 1], found[2 * at + 2]
        if digit:
            _demand((zero == "零") == (last is not None and at - last > 1), words)
            number, last = number + DIGITS[digit] * 10 ** (3 - at), at
    return number


def _demand(condition: bool, words: str) -> None:
    if not condition:
        raise NotWellWritten(words)
