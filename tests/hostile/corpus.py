"""What is said to the platform by those who mean it no good."""

# In a page, each would make an element or an attribute that carries `data-hostile`, or run.
MARK = "data-hostile"
MARKUP = (
    f'"><img src=x onerror=alert(1) {MARK}>',
    f"'><svg onload=alert(1) {MARK}>",
    f"</textarea></title></script><script {MARK}>alert(1)</script>",
    f'" autofocus onfocus=alert(1) {MARK} x="',
    f"' autofocus onfocus=alert(1) {MARK} x='",
    f"<a {MARK} href=javascript:alert(1)>x</a>",
    f"<div {MARK} hx-get=/ hx-trigger=load>",
    f"<style {MARK}>*{{display:none}}</style>",
    f"{MARK}{{{{7123*7}}}}{{%raw%}}${{7123*7}}",
    f"<!--{MARK}",
)
# Names are short: what fits into the shortest field.
SHORT_MARKUP = f"<b {MARK}>"
EVALUATED = "49861"

SQL = (
    "x' OR '1'='1",
    "x'; DELETE FROM account; --",
    'x" OR ""="',
    "x') UNION SELECT NULL,NULL--",
    "1 OR 1=1",
    "x'||(SELECT version())||'",
    "%",
    "_%\\",
    "$$;SELECT pg_sleep(9);$$",
)

# Clients fold plain dots themselves before they ask.
PATHS = (
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252f",
    "..%5c..%5cwin.ini",
    "%5c%5chost%5cshare",
    "%00",
    "x%00.csv",
    "%c0%ae%c0%ae",
    "%ff",
    "file:%2f%2f%2fetc%2fpasswd",
    "%0d%0aset-cookie:%20a=b",
    "%E2%80%AE",
    ".git",
    "a" * 4000,
)

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)")

# Where a foreign page sends somebody's browser from.
FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "http://other.testserver"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
)

ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "https:evil.example",
    "///evil.example",
    "javascript:alert(1)//evil.example",
    "/%2f%2fevil.example",
    "http://testserver@evil.example",
    "/..//evil.example",
)

# Bodies that are JSON to some and not to others.
JSON = {
    "deep lists": "[" * 10_000 + "]" * 10_000,
    "deep objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "not a number": '{"amount": NaN, "name": NaN}',
    "infinity": '{"amount": Infinity, "name": -Infinity}',
    "huge number": '{"amount": ' + "9" * 5000 + "}",
    "huge exponent": '{"amount": 1e999999, "samples": 1e400}',
    "duplicate keys": '{"name": "a", "name": ["b"], "reason": "a", "reason": {}}',
    "prototype": '{"__proto__": {"admin": true}, "constructor": 1}',
    "a byte order mark": "\ufeff{}",
    "no object": "null",
    "a lone surrogate": '{"name": "\\ud800", "reason": "\\udfff"}',
    "unfinished": '{"name": "a',
    "a long text": '{"name": "' + "a" * 1_000_000 + '"}',
}
