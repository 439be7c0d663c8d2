"""The words of programmes in plain sentences, in both languages."""

from booking.subsidies.rules.words import Words

SUMMARIES: Words = {
    "kind:usage": {"zh": "使用后补助，补给用户单位", "en": "Post-use subsidy, paid to the user"},
    "kind:provider": {"zh": "运行补助，补给服务单位", "en": "Reward paid to the provider"},
    "kind:voucher": {
        "zh": "科技创新券，先领券后使用",
        "en": "Innovation vouchers, given before use",
    },
    "gift": {
        "zh": "每张面额 {face} 元，抵付订单金额的 {rate}",
        "en": "Each worth {face} yuan, paying {rate} of an order",
    },
    "gift_limit": {"zh": "每笔最多抵付 {amount} 元", "en": "At most {amount} yuan of one order"},
    "gift_fees": {
        "zh": "迟取消、爽约的费用也可抵付",
        "en": "Fees of late cancellations and no-shows are paid too",
    },
    "kind:interest": {
        "zh": "仪器贷贴息，补给借款单位",
        "en": "Interest subsidy, paid to the borrower",
    },
    "valid": {"zh": "有效期 {from} 至 {to}", "en": "Valid from {from} to {to}"},
    "dated_by": {
        "zh": "按{date}日期归期，并核验当日资格",
        "en": "The date of {date} decides the period and the qualifications",
    },
    "base:min_of_all": {
        "zh": "基数为合同、发票、付款三者中最小的金额",
        "en": "The base is the smallest of contract, invoice and payment",
    },
    "base:contract": {"zh": "基数为合同金额", "en": "The base is the contract amount"},
    "base:invoice": {"zh": "基数为发票金额", "en": "The base is the invoice amount"},
    "base:paid": {"zh": "基数为付款金额", "en": "The base is the amount paid"},
    "period": {
        "zh": "年度上限自 {month} 月 {day} 日起算",
        "en": "Caps per period count from {month}/{day}",
    },
    "combine:highest": {
        "zh": "多档同时符合时取最高一档",
        "en": "Of several rates the highest counts",
    },
    "combine:first": {
        "zh": "多档同时符合时取列在最前的一档",
        "en": "Of several rates the first counts",
    },
    "combine:sum": {"zh": "多档同时符合时比例相加", "en": "Several rates add up"},
    "ceiling": {"zh": "比例合计以 {rate} 为限", "en": "Rates together at most {rate}"},
    "day_count:360": {"zh": "按实际天数/360 计息", "en": "Interest by actual days/360"},
    "day_count:365": {"zh": "按实际天数/365 计息", "en": "Interest by actual days/365"},
    "overdue_too": {"zh": "逾期期间也贴息", "en": "Pays for overdue days, too"},
    "loan_kinds": {"zh": "适用贷款：{names}", "en": "For loans: {names}"},
    "promised_hours:kept": {
        "zh": "承诺年度对外机时未达承诺的，该年度不贴息",
        "en": "Pays nothing for a promise year whose outside hours fell short",
    },
    "promised_hours:in_proportion": {
        "zh": "承诺年度对外机时未达承诺的，该年度按完成比例贴息",
        "en": "Pays for a promise year in proportion to the outside hours delivered",
    },
    "resource_kinds": {"zh": "资源类型：{names}", "en": "Kinds of resource: {names}"},
    "tier": {"zh": "补助 {rate}：{when}", "en": "Pays {rate}: {when}"},
    "bonus": {"zh": "另加 {rate}：{when}", "en": "Adds {rate}: {when}"},
    "band": {
        "zh": "至 {amount} 元的部分补助 {rate}",
        "en": "Pays {rate} of the part up to {amount} yuan",
    },
    "full_offset": {"zh": "不超过 {amount} 元的全额补助", "en": "Pays up to {amount} yuan in full"},
    "discount:points": {"zh": "按余额年 {rate} 贴息", "en": "Pays {rate} a year of the balance"},
    "discount:share": {"zh": "贴利息的 {rate}", "en": "Pays {rate} of the interest"},
    "discount:share_of_min": {
        "zh": "贴实际利息与 LPR 利息中较低者的 {rate}",
        "en": "Pays {rate} of the smaller of actual and LPR interest",
    },
    "max_days": {"zh": "每笔提款最多 {days} 天", "en": "At most {days} days of each draw"},
    "qualifications": {"zh": "需具备其一：{names}", "en": "Needs one of: {names}"},
    "regions": {"zh": "用户所在地：{names}", "en": "Users in: {names}"},
    "provider_regions": {"zh": "服务单位所在地：{names}", "en": "Providers in: {names}"},
    "exclude": {"zh": "不予补助：{names}", "en": "Excludes: {names}"},
    "least_value": {
        "zh": "仪器原值不低于 {amount} 元",
        "en": "Instruments of at least {amount} yuan",
    },
    "minimum": {"zh": "核定基数不低于 {amount} 元", "en": "A base of at least {amount} yuan"},
    "cap": {"zh": "上限（{scope}）{amount} 元", "en": "Cap ({scope}): {amount} yuan"},
    "budget:first_come": {
        "zh": "预算 {amount} 元，先到先得",
        "en": "Budget of {amount} yuan, first come first served",
    },
    "budget:pro_rata": {
        "zh": "每个结算周期预算 {amount} 元，不足时按比例分配",
        "en": "Budget of {amount} yuan per cycle, shared in proportion",
    },
    "application": {
        "zh": "须先申报并获受理，才计算补助",
        "en": "Pays only those whose application was accepted",
    },
    "window": {"zh": "申报期：{from} 至 {to}", "en": "Applications from {from} to {to}"},
    "within": {
        "zh": "服务结束后 {days} 天内申报方为有效",
        "en": "Reaches uses of at most {days} days before the application",
    },
    "evidence": {
        "zh": "申报材料：{code}，至少 {count} 份",
        "en": "Evidence: {code}, at least {count}",
    },
    "evidence_of": {
        "zh": "申报材料（{who}）：{code}，至少 {count} 份",
        "en": "Evidence of {who}: {code}, at least {count}",
    },
    "evidence_wished": {"zh": "可附材料：{code}", "en": "Welcome evidence: {code}"},
    "settlement:monthly": {"zh": "按月结算", "en": "Settled monthly"},
    "settlement:quarterly": {"zh": "按季结算", "en": "Settled quarterly"},
    "settlement:yearly": {"zh": "按年结算", "en": "Settled yearly"},
}
