"""Answers to take along: LaTeX, Markdown, one page in HTML; and pages on laws."""

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient
from test_api import asked, told

from closedform.cli import main
from closedform.formula import formula


class Reader(HTMLParser):
    """What a page asks for, what it shows as formulas."""

    def __init__(self) -> None:
        super().__init__()
        self.asks: list[str] = []
        self.formulas: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.asks += [f"{tag} {given[name]}" for name in ("src", "href", "srcset", "action") if name in given]
        if "data-tex" in given:
            self.formulas.append(given["data-tex"] or "")


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.mark.parametrize(("text", "by", "op"), [
    ("1/2*||A*x - b||^2", "x", "gradient"), ("softmax(A*x)", "x", "jacobian"), ("inv(X)", "X", "derivative"),
    ("logsumexp(A*x)", "x", "hessian"),
])  # fmt: skip
def test_a_page_that_needs_nothing_else(client: TestClient, text: str, by: str, op: str):
    page = asked(client, "export", formula=text, by=by, op=op, form="html")["content"]
    found = read(page)
    assert found.asks == [] and len(re.findall(r"url\((?!data:)", page.partition("<script>")[0])) == 0
    f = formula(text)
    right = {"gradient": f.grad, "jacobian": f.jacobian, "derivative": f.derivative, "hessian": f.hessian}[op](by)
    assert found.formulas[0] == f"f = {f.latex}"
    assert found.formulas[1].endswith(f"= {right.latex}")
    assert len(found.formulas) >= 2 + len(right.derivation())
    assert "certificate: level" in page and "each line is certified by itself" in page


def test_the_page_is_that_of_the_command_line(client: TestClient, capsys: pytest.CaptureFixture[str]):
    page = asked(client, "export", formula="x'*A*x", by="x", form="html")["content"]
    assert main(["grad", "x'*A*x", "--by", "x", "--html"]) == 0
    printed = capsys.readouterr().out
    assert read(printed).formulas == read(page).formulas and len(printed) == pytest.approx(len(page), abs=200)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "a</title><b>"])
def test_nothing_that_is_typed_becomes_markup(capsys: pytest.CaptureFixture[str], name: str):
    from closedform.cli.standalone import aside, document, tex

    page = document(name, [tex(name, name), aside(name)])
    body = page.partition("<body>")[2].partition("<script>")[0]
    assert name not in page.partition("<script>")[0] and read(body).formulas == [name]


@pytest.mark.parametrize("method", ["differentials", "coordinates"])
def test_latex_and_markdown(client: TestClient, method: str):
    way = formula("tr(A*X^2*B)").grad("X").derivation(method)
    given = {"formula": "tr(A*X^2*B)", "by": "X", "method": method}
    assert asked(client, "export", **given, form="latex")["content"] == way.latex
    assert asked(client, "export", **given, form="markdown")["content"] == way.markdown


def test_a_law_is_explained(client: TestClient, capsys: pytest.CaptureFixture[str]):
    assert asked(client, "explain", name="product rule") == told(capsys, "explain", "product rule")
    missing = client.post("/api/v1/explain", json={"name": "produkt rule"})
    assert missing.status_code == 422 and "product rule" in missing.json()["error"]["hint"]


def test_every_law_of_a_derivation_has_its_page(client: TestClient):
    """The page makes a button of what stands before the colon."""
    asked_for = {"tr(A*X^2*B) + logdet(X)": "X", "logsumexp(A*x) + ||x||": "x", "1/2*||W*tanh(V*x) - y||^2": "V"}
    for text, by in asked_for.items():
        for step in asked(client, "answer", formula=text, by=by, method="differentials")["derivatives"][0]["steps"]:
            names = [part.partition(":")[0] for part in step["law"].split("; ") if re.match(r"[^:=]+:", part)]
            for name in names:
                assert client.post("/api/v1/explain", json={"name": name}).status_code == 200, name


def test_code_says_what_it_costs(client: TestClient):
    cost = asked(client, "code", formula="1/2*||A*x - b||^2", by="x")["cost"]
    m, n = cost["sizes"]["m"], cost["sizes"]["n"]
    assert cost["flops"] == pytest.approx(4 * m * n, rel=0.01)
