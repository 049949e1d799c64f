"""The graph as a picture, with Graphviz and without."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

import closedform as cf
from closedform.backprop import drawing, picture
from closedform.cli import main

FOUND = cf.formula("1/2*(sigmoid(w*x + b) - t)^2 + lam/2*w^2").backprop("w", "b")
DATA = {"w": 0.5, "x": 2.0, "b": -0.3, "t": 1.0, "lam": 0.1}


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setattr(picture.shutil, "which", lambda _: None)


def test_source_has_every_row_and_edge():
    source = FOUND.dot()
    assert source.count("->") == 14
    assert '"v_3" [label="{v₃ = sigmoid(v₂) | v̄₃ = v̄₄}", id="box v_3"]' in source
    assert '"w" [label="{w | w̄ = v̄₁ x + 2 v̄₇ w}", id="box w", style=bold]' in source
    assert "v̄₂ = -0.073567" in FOUND.at(DATA).dot()


def test_drawn_without_graphviz(no_graphviz, tmp_path):
    root = ElementTree.fromstring(FOUND.at(DATA).svg())
    assert root.tag.endswith("svg")
    FOUND.save(str(tmp_path / "graph.png"))
    assert (tmp_path / "graph.png").read_bytes()[:4] == b"\x89PNG"
    assert FOUND.svg() == FOUND.svg()


def test_boxes_do_not_overlap():
    boxes, edges = list(picture.boxes(FOUND)), list(picture.edges(FOUND))
    import networkx

    graph, layers, chains = drawing._chains(networkx, boxes, edges)
    drawing._untangled(graph, layers)
    size = {n: (0.1, 0.1) for layer in layers for n in layer} | {b.name: drawing._size(b) for b in boxes}
    place = drawing._places(layers, size)
    for k, a in enumerate(boxes):
        for b in boxes[k + 1 :]:
            apart = [abs(p - q) - (s + t) / 2 for p, q, s, t in zip(
                place[a.name], place[b.name], size[a.name], size[b.name], strict=True)]  # fmt: skip
            assert max(apart) > 0, (a.name, b.name)
    assert all(place[a][1] > place[b][1] for a, b in edges)
    assert sorted((c[0], c[-1]) for c in chains) == sorted(edges)


def test_neither_is_installed(no_graphviz, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(cf.ClosedformError, match="needs matplotlib"):
        FOUND.svg()


def test_by_whatever_is_there(tmp_path):
    for ending in ("svg", "png", "dot"):
        FOUND.save(str(tmp_path / f"graph.{ending}"))
        assert (tmp_path / f"graph.{ending}").stat().st_size > 500


def test_command(capsys, tmp_path):
    path = str(tmp_path / "graph.svg")
    text = "1/2*(y - t)^2 where y = sigmoid(z), z = w*x + b"
    assert main(["backprop", text, "w=0.5", "x=2", "b=0", "t=1", "--by", "w", "--graph", path]) == 0
    page = capsys.readouterr().out
    assert "w̄ = z̄ x          -0.105754" in page
    assert "by w         level A" in page
    assert ElementTree.parse(path).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("form", "has"),
    [("--text", "zbar = ybar*y*(1 - y)"), ("--latex", r"\bar{z} &= \bar{y} y (1 - y)"),
     ("--markdown", r"| $\bar{z}$ |"), ("--html", "<td"), ("--json", '"backward_pass"')],
)  # fmt: skip
def test_command_forms(capsys, form, has):
    assert main(["backprop", "y^2 where y = sigmoid(z), z = w*x", "--by", "w,x", form]) == 0
    assert has in capsys.readouterr().out


def test_command_errors(capsys):
    assert main(["backprop", "w'*x", "--by", "q"]) == 2
    assert "there is no variable q" in capsys.readouterr().err
