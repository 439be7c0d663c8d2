"""What papers are called that programmes commonly ask for; other codes stand for themselves."""

from booking.subsidies.rules.explanation import Language, name_of
from booking.subsidies.rules.words import Words

_PAPERS: Words = {
    "contract": {"zh": "合同或协议", "en": "contract or agreement"},
    "task_book": {"zh": "项目任务书", "en": "project assignment"},
    "summary_table": {"zh": "补贴汇总表（盖章）", "en": "summary table (stamped)"},
    "registration_form": {"zh": "委托测试登记表", "en": "registration form of the test"},
    "receipt": {"zh": "银行回单", "en": "bank receipt"},
    "report": {"zh": "检测报告", "en": "test report"},
    "work_summary": {"zh": "项目工作总结", "en": "work summary of the project"},
    "commitment": {"zh": "承诺书", "en": "letter of commitment"},
    "licence": {"zh": "营业执照", "en": "business licence"},
}


def evidence_name(code: str, language: Language) -> str:
    """The name of a kind of evidence."""
    return _PAPERS[code][language] if code in _PAPERS else name_of(code, language)
