"""Words that stand in one place only: whoever reads one of them has read that field."""

from booking.organisations.rules import uscc_check_digit

PRICES = {"ours": "3219.48", "guest": "7431.57", "theirs": "8642.19"}
# Thirty per cent of it, as the programme of the world pays.
SUBSIDIES = {"ours": "965.84", "guest": "2229.47", "theirs": "2592.66"}
DRAWS = {"ours": "51111.37", "guest": "52222.38", "theirs": "53333.39"}
PREPAID = {"ours": "61111.21", "guest": "62222.32", "theirs": "63333.43"}

VOUCHERS = {"ours": "71111.41", "guest": "72222.52", "theirs": "73333.63"}
# A quarter of the price.
REDEEMED = {"ours": "804.87", "guest": "1857.89", "theirs": "2160.55"}


def company_marks(side: str, digit: int) -> dict[str, str]:
    """What a company says about itself and its people, each word unmistakable."""
    body = f"916100{digit}MQX{str(digit) * 7}"
    return {
        "name": f"秘名{side}公司",
        "name_en": f"Hushed-{side}-Ltd",
        "uscc": body + uscc_check_digit(body),
        "controller": f"hushed-controller-{side}",
        "account_name": f"秘户{side}",
        "bank": f"秘行{side}",
        "account_no": f"62220000{digit}{digit}7419638520",
        "person": f"秘人{side}",
        "email": f"hushed-{side}-person@{side}.example",
        "admin_email": f"hushed-{side}-admin@{side}.example",
        "phone": f"139{digit}{digit}741852{digit}",
        "purpose": f"秘的{side}断口",
        "note": f"秘记{side}样品",
        "dispute": f"秘争{side}时长",
        "objection": f"秘议{side}金额",
        "qualification": f"HUSHED-{side}-QUAL",
        "evidence": f"秘证{side}文件",
        "loan": f"HUSHED-{side}-LOAN",
        "loan_purpose": f"秘贷{side}用途",
        "bank_record": f"HUSHED-{side}-TX",
        "token": f"hushed-{side}-token",
        "price": PRICES[side],
        "subsidy": SUBSIDIES[side],
        "draw": DRAWS[side],
        "returned": f"秘返{side}理由",
        "former_bank": f"秘旧{side}银行",
        "licence_file": f"hushed-{side}-licence.pdf",
        "licence_bytes": f"hushed-{side}-licence-bytes",
        "evidence_file": f"hushed-{side}-evidence.pdf",
        "evidence_bytes": f"hushed-{side}-evidence-bytes",
        "evidence_returned": f"秘退{side}证明",
        "colleague": f"秘同{side}",
        "colleague_email": f"hushed-{side}-colleague@{side}.example",
        "lost_telephone": f"秘失{side}手机",
        "invited": f"hushed-{side}-invited@{side}.example",
        "browser": f"Hushed-{side}-Browser/7",
        "address": f"198.51.100.{digit}{digit}",
        "message": f"秘训{side}说明",
        "need": f"秘需{side}样品",
        "search": f"秘搜{side}",
        "identity": f"https://hushed-{side}-identity.example",
        **order_marks(side),
        **invoice_marks(side, digit),
        **money_marks(side),
        "dispute_answer": f"秘辩{side}用时",
        "appeal": f"秘诉{side}停电",
        "appeal_file": f"hushed-{side}-appeal.pdf",
        "appeal_bytes": f"hushed-{side}-appeal-bytes",
        "appeal_decision": f"秘决{side}不扣",
        "waiting_purpose": f"秘候{side}断口",
        "joint_purpose": f"秘联{side}断口",
        "proposal": f"秘改{side}保养",
        "feedback": f"秘评{side}真空",
    }


def order_marks(side: str) -> dict[str, str]:
    """What a company and the lab that it entrusts say to each other about an order."""
    return {
        "order_wishes": f"秘委{side}渗层",
        "order_standard": f"HUSHED-{side}-STANDARD",
        "sample": f"秘片{side}齿轮",
        "sample_form": f"秘形{side}镶样",
        "sample_hazards": f"秘险{side}易燃",
        "order_file": f"hushed-{side}-drawing.pdf",
        "order_message": f"秘信{side}标尺",
        "quote_line": f"秘项{side}制样",
        "quote_note": f"秘注{side}含税",
        "report_file": f"hushed-{side}-report.pdf",
        "report_bytes": f"hushed-{side}-report-bytes",
    }


def invoice_marks(side: str, digit: int) -> dict[str, str]:
    """What stands on the invoice of a company and on the payment of it."""
    return {
        "invoice": f"7{digit}" * 10,
        "invoice_note": f"秘票{side}机时",
        "invoice_file": f"hushed-{side}-invoice.pdf",
        "invoice_bytes": f"hushed-{side}-invoice-bytes",
        "transaction": f"HUSHED-{side}-PAID",
        "payment_note": f"秘付{side}尾款",
        "receipt_file": f"hushed-{side}-receipt.pdf",
        "receipt_bytes": f"hushed-{side}-receipt-bytes",
    }


def money_marks(side: str) -> dict[str, str]:
    """Why what a company owes was changed, what it paid in advance, how it was paid subsidies."""
    return {
        "adjustment": f"秘调{side}停机",
        "adjustment_refused": f"秘拒{side}无据",
        "correction": f"秘减{side}误时",
        "prepaid": PREPAID[side],
        "prepaid_reference": f"HUSHED-{side}-PREPAID",
        "prepaid_note": f"秘预{side}年度",
        "application_note": f"秘申{side}说明",
        "application_reason": f"秘补{side}盖章",
        "application_revoked": f"秘撤{side}受理",
        "application_file": f"hushed-{side}-contract.pdf",
        "application_bytes": f"hushed-{side}-contract-bytes",
        "subsidy_reference": f"HUSHED-{side}-SUBSIDY",
        "subsidy_returned": f"秘回{side}账号",
        "recovery": f"秘追{side}重复",
        "voucher_face": VOUCHERS[side],
        "voucher_redeemed": REDEEMED[side],
    }


def stranger_marks() -> dict[str, str]:
    """What those say who ask ours, the guest's and theirs for their times: nobody's but their
    labs'."""
    return {
        "name": "秘名换者公司",
        "person": "秘人换者",
        "purpose": "秘的换者断口",
    }


def applicant_marks() -> dict[str, str]:
    """What somebody says who has not confirmed the address yet: it stays with the letter."""
    return {
        "name": "秘名申请公司",
        "person": "秘人申请",
        "email": "hushed-applicant@applicant.example",
        "phone": "13977741852",
        "licence_file": "hushed-applicant-licence.pdf",
    }


def lab_marks(side: str) -> dict[str, str]:
    """What a lab keeps to itself."""
    return {
        "draft": f"秘卡{side}未发布",
        "returned": f"秘退{side}理由",
        "manager": f"秘管{side}",
        "manager_email": f"hushed-{side.replace(' ', '-')}-manager@labs.example",
        "closing": f"秘闭{side}理由",
        "fault": f"秘障{side}异响",
        "operator": f"秘操{side}",
        "invited": f"hushed-{side.replace(' ', '-')}-invited@labs.example",
        "licence_file": f"hushed-{side.replace(' ', '-')}-licence.pdf",
    }
