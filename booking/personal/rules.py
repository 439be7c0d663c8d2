"""Why something is kept about a person, and when it goes.

The law asks for both to be said (个人信息保护法 第十七条) and for the shortest time that serves
the purpose (第十九条); everybody may see and copy what is theirs (第四十五条), have it corrected
(第四十六条) and have it deleted when the purpose is gone (第四十七条).
"""

from enum import StrEnum


class Why(StrEnum):
    """What it is needed for."""

    ACCOUNT = "account"
    SAFETY = "safety"
    PLACES = "places"
    LETTERS = "letters"
    CONTRACT = "contract"
    ACCOUNTABILITY = "accountability"
    CONTACT = "contact"


class Until(StrEnum):
    """When it is gone."""

    # With the name: so many days after the account was closed.
    ANONYMISED = "anonymised"
    # Sooner, each at its own time.
    SESSIONS = "sessions"
    LETTERS = "letters"
    SIGN_UP = "sign_up"
    HOURS = "hours"
    # Never: records of use and money stay, with a number in place of the name.
    NUMBER_STAYS = "number_stays"
    PUBLISHED = "published"
