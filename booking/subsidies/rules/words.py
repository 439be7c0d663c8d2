"""The words of explanations: sentences per step, names per code, in both languages."""

from collections.abc import Mapping

Words = Mapping[str, Mapping[str, str]]

SENTENCES: Words = {
    "amount:min_of_all": {
        "zh": "合同、发票、付款三者中最小的金额",
        "en": "smallest of contract, invoice and payment",
    },
    "amount:contract": {"zh": "合同金额", "en": "contract amount"},
    "amount:invoice": {"zh": "发票金额", "en": "invoice amount"},
    "amount:paid": {"zh": "付款金额", "en": "amount paid"},
    "other_funding": {"zh": "减其他财政资助", "en": "less other public funding"},
    "base": {"zh": "核定基数", "en": "base"},
    "tier": {"zh": "补助比例 {rate}（{when}{held}）", "en": "rate {rate} ({when}{held})"},
    "bonus": {"zh": "另加 {rate}（{when}{held}）", "en": "plus {rate} ({when}{held})"},
    "ceiling": {"zh": "比例合计以 {rate} 为限", "en": "rates together at most {rate}"},
    "band": {"zh": "其中 {part} 元按 {rate}", "en": "{part} yuan of it at {rate}"},
    "full_offset": {
        "zh": "基数不超过 {limit} 元，全额补助",
        "en": "a base of at most {limit} yuan is paid in full",
    },
    "corrects:amount": {
        "zh": "更正：费用、发票或付款的金额与结算时不同",
        "en": "correction: what was charged, invoiced or paid differs from what was settled",
    },
    "corrects:qualifications": {
        "zh": "更正：资格与结算时不同",
        "en": "correction: the qualifications differ from what was settled",
    },
    "corrects:applications": {
        "zh": "更正：政策申报的受理情况与结算时不同",
        "en": "correction: an application was decided after this was settled",
    },
    "corrects:end": {
        "zh": "更正：政策已提前终止，终止日之后的使用不再补助",
        "en": "correction: the programme was ended early, and pays nothing after its last day",
    },
    "corrects:dates": {
        "zh": "更正：日期与结算时不同",
        "en": "correction: the dates differ from what was settled",
    },
    "corrects:flags": {
        "zh": "更正：业务标记与结算时不同",
        "en": "correction: the marks of the use differ from what was settled",
    },
    "corrects:order": {
        "zh": "更正：上限、预算内的其他业务有变动，额度按确认先后重新分配",
        "en": "correction: other uses under the same caps changed; they count in order",
    },
    "due_today": {"zh": "按现有记录应补", "en": "due by today's records"},
    "settled_before": {"zh": "以前结算单已计", "en": "settled before"},
    "recovered": {
        "zh": "追回结算单 {statement} 已拨付的补助：{why}",
        "en": "recovered of what statement {statement} paid: {why}",
    },
    "owed": {"zh": "应补", "en": "subsidy before limits"},
    "payable": {"zh": "实补", "en": "payable"},
    "reason:not_in_force": {
        "zh": "日期 {day} 不在政策有效期 {from} 至 {to} 内",
        "en": "{day} is outside the programme's validity, {from} to {to}",
    },
    "reason:undated": {
        "zh": "缺少{dated_by}日期，无法归入政策有效期",
        "en": "the date of {dated_by} is missing",
    },
    "reason:qualification": {
        "zh": "当日没有有效的资格（需要其一：{qualifications}）",
        "en": "no qualification counted on that day (one of: {qualifications})",
    },
    "reason:no_application": {
        "zh": "没有覆盖当日的已受理申报",
        "en": "no accepted application covers that day",
    },
    "reason:region": {"zh": "用户所在地不在适用范围", "en": "the user's region is not covered"},
    "reason:provider_region": {
        "zh": "服务单位所在地不在适用范围",
        "en": "the provider's region is not covered",
    },
    "reason:resource_kind": {
        "zh": "资源类型不在适用范围",
        "en": "this kind of resource is not covered",
    },
    "reason:original_value": {
        "zh": "仪器原值低于 {least_value} 元",
        "en": "the instrument's original value is below {least_value} yuan",
    },
    "reason:excluded": {"zh": "属于不予补助的情形：{flag}", "en": "excluded: {flag}"},
    "reason:below_minimum": {
        "zh": "核定基数低于 {minimum} 元",
        "en": "the base is below {minimum} yuan",
    },
    "reason:no_rate": {"zh": "没有适用的补助比例", "en": "no rate applies"},
    "cut:cap:line": {"zh": "单笔上限 {limit} 元，核减", "en": "cap of {limit} yuan per use, cut"},
    "cut:cap:loan": {
        "zh": "单笔贷款上限 {limit} 元，核减",
        "en": "cap of {limit} yuan per loan, cut",
    },
    "cut:cap:instrument": {
        "zh": "同一用户同一仪器的年度上限 {limit} 元，核减",
        "en": "cap of {limit} yuan per user and instrument in the period, cut",
    },
    "cut:cap:user": {
        "zh": "年度上限 {limit} 元，核减",
        "en": "cap of {limit} yuan in the period, cut",
    },
    "cut:cap:group": {
        "zh": "同一实际控制人的年度上限 {limit} 元，核减",
        "en": "cap of {limit} yuan for companies under one controller in the period, cut",
    },
    "cut:cap:provider": {
        "zh": "服务单位年度上限 {limit} 元，核减",
        "en": "cap of {limit} yuan per provider in the period, cut",
    },
    "cut:stacking": {
        "zh": "各项补助合计不得超过核定基数，核减",
        "en": "all subsidies together may not exceed the base, cut",
    },
    "cut:joint": {
        "zh": "多项政策的联合上限（{scope}），核减",
        "en": "joint cap of several programmes ({scope}), cut",
    },
    "cut:budget:first_come": {
        "zh": "预算 {limit} 元先到先得，余额不足，核减",
        "en": "budget of {limit} yuan, first come first served, is used up, cut",
    },
    "cut:budget:pro_rata": {
        "zh": "本期预算 {limit} 元，按比例分配，核减",
        "en": "budget of {limit} yuan for this cycle, shared in proportion, cut",
    },
    "segment": {
        "zh": "{from} 至 {until}（末日不计）余额 {balance} 元，{days} 天，"
        "其中可贴息 {eligible_days} 天{measured}",
        "en": "{balance} yuan from {from} to {until} (last day not counted): {days} days, "
        "{eligible_days} of them eligible{measured}",
    },
    "interest": {
        "zh": "年利率 {rate}，实际天数/{basis}，利息",
        "en": "interest at {rate} a year, actual days/{basis}",
    },
    "eligible_interest": {"zh": "其中可贴息利息", "en": "of which eligible"},
    "held": {"zh": "此前结算单已列", "en": "in statements before"},
    "reason:loan_kind": {
        "zh": "政策不适用于此类贷款（{loan_kind}）",
        "en": "loans of this kind are not covered ({loan_kind})",
    },
    "discount:points": {
        "zh": "按余额年 {rate} 贴息",
        "en": "discount of {rate} a year of the balance",
    },
    "discount:share": {"zh": "按利息的 {rate} 贴息", "en": "discount of {rate} of the interest"},
    "discount:share_of_min": {
        "zh": "按实际利息与 LPR 利息中较低者的 {rate} 贴息",
        "en": "discount of {rate} of the smaller of actual and LPR interest",
    },
}

CONDITIONS: Words = {
    "qualification": {"zh": "{}", "en": "{}"},
    "user_region": {"zh": "用户在{}", "en": "user in {}"},
    "provider_region": {"zh": "服务单位在{}", "en": "provider in {}"},
    "flag": {"zh": "{}", "en": "{}"},
    "base_over": {"zh": "基数超过 {} 元", "en": "base over {} yuan"},
}

NAMES: Words = {
    "tech_sme": {"zh": "科技型中小企业", "en": "technology SME"},
    "hnte": {"zh": "高新技术企业", "en": "high and new technology enterprise"},
    "sfui_sme": {"zh": "专精特新企业", "en": "specialised and innovative SME"},
    "above_scale": {"zh": "规上企业", "en": "enterprise above designated size"},
    "startup_team": {"zh": "创业团队", "en": "startup team"},
    "xixian": {"zh": "西咸新区", "en": "Xixian New Area"},
    "related_party": {"zh": "关联交易", "en": "related party"},
    "statutory_test": {"zh": "法定检测", "en": "statutory testing"},
    "batch_test": {"zh": "批量检测", "en": "batch testing"},
    "internal_use": {"zh": "单位内部使用", "en": "internal use"},
    "public_project": {"zh": "科技计划项目", "en": "public research project"},
    "platform_member": {"zh": "平台成员", "en": "platform member"},
    "order": {"zh": "订单", "en": "order"},
    "service_end": {"zh": "服务结束", "en": "service end"},
    "invoice": {"zh": "发票", "en": "invoice"},
    "payment": {"zh": "付款", "en": "payment"},
    "stacking": {"zh": "合计不超过基数", "en": "together within the base"},
    "budget": {"zh": "预算不足", "en": "budget used up"},
    "not_in_force": {"zh": "不在有效期", "en": "not in force"},
    "qualification": {"zh": "无有效资格", "en": "no valid qualification"},
    "no_application": {"zh": "没有已受理的申报", "en": "no accepted application"},
    "region": {"zh": "用户所在地", "en": "user's region"},
    "provider_region": {"zh": "服务单位所在地", "en": "provider's region"},
    "resource_kind": {"zh": "资源类型", "en": "kind of resource"},
    "original_value": {"zh": "仪器原值", "en": "original value"},
    "below_minimum": {"zh": "低于起补金额", "en": "below the minimum"},
    "no_rate": {"zh": "无适用比例", "en": "no rate applies"},
    "usage": {"zh": "使用型", "en": "for use"},
    "purchase": {"zh": "购置型", "en": "for purchase"},
    "line": {"zh": "单笔", "en": "per use"},
    "loan": {"zh": "单笔贷款", "en": "per loan"},
    "instrument": {"zh": "同一用户同一仪器", "en": "per user and instrument"},
    "user": {"zh": "同一用户", "en": "per user"},
    "group": {"zh": "同一实际控制人", "en": "per controller"},
    "provider": {"zh": "同一服务单位", "en": "per provider"},
}
