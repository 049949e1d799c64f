"""A graph drawn without Graphviz: layers by networkx, boxes and arrows by matplotlib, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from closedform.backprop.pages import width
from closedform.errors import ClosedformError

if TYPE_CHECKING:
    from closedform.backprop.picture import Box

LETTER, ROW, GAP, BETWEEN = 0.085, 0.2, 0.55, 0.35
SWEEPS = 6
LINES: dict[str, dict[str, Any]] = {
    "variable": {"linewidth": 2.0}, "constant": {"linewidth": 0.8, "linestyle": "--"},
    "result": {"linewidth": 1.6}, "step": {"linewidth": 0.8},
}  # fmt: skip
Place = dict[str, tuple[float, float]]
Layers = list[list[str]]
Chains = list[list[str]]


def draw(boxes: Sequence[Box], edges: Sequence[tuple[str, str]], form: str) -> bytes:
    """The picture as bytes. Raises ClosedformError where matplotlib or networkx is missing."""
    try:
        import matplotlib
        import networkx
    except ImportError as error:
        raise ClosedformError(
            f"a picture of a graph needs {error.name}", hint="Install Graphviz, or closedform[plot]."
        ) from None
    graph, layers, chains = _chains(networkx, boxes, edges)
    _untangled(graph, layers)
    size = {n: (0.1, 0.1) for layer in layers for n in layer} | {box.name: _size(box) for box in boxes}
    place = _places(layers, size)
    right = max(x + size[n][0] / 2 for n, (x, _) in place.items()) + 0.2
    top = max(y + size[n][1] / 2 for n, (_, y) in place.items()) + 0.2
    with matplotlib.rc_context({"svg.hashsalt": "closedform", "svg.fonttype": "path"}):
        return _drawn(boxes, chains, place, size, (right, top), form)


def _chains(networkx: Any, boxes: Sequence[Box], edges: Sequence[tuple[str, str]]) -> tuple[Any, Layers, Chains]:
    """The graph with a point in every layer that an edge crosses; each edge as the points it goes through."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(box.name for box in boxes)
    graph.add_edges_from(edges)
    depth = {n: k for k, layer in enumerate(networkx.topological_generations(graph)) for n in layer}
    for n in graph:
        if graph.in_degree(n) == 0 and graph.out_degree(n):
            depth[n] = min(depth[m] for m in graph.successors(n)) - 1
    layers: Layers = [[] for _ in range(max(depth.values()) + 1)]
    for n in graph:
        layers[depth[n]].append(n)
    chains = []
    for a, b in dict.fromkeys(edges):
        points = [f"{a} to {b} {k}" for k in range(depth[a] + 1, depth[b])]
        for k, point in enumerate(points, depth[a] + 1):
            layers[k].append(point)
        chains.append([a, *points, b])
        if points:
            graph.remove_edge(a, b)
            networkx.add_path(graph, chains[-1])
    return graph, layers, chains


def _untangled(graph: Any, layers: Layers) -> None:
    """Sort each layer by where its neighbours stand, so that few edges cross."""
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            beside = graph.predecessors if sweep % 2 else graph.successors
            at = {n: (k + 0.5) / len(every) for every in layers for k, n in enumerate(every)}
            middle = {n: _mean([at[m] for m in beside(n)], at[n]) for n in layer}
            layer.sort(key=middle.__getitem__)


def _mean(found: list[float], else_: float) -> float:
    return sum(found) / len(found) if found else else_


def _size(box: Box) -> tuple[float, float]:
    lines = [*box.lines, *box.below]
    return max(width(line) for line in lines) * LETTER + 0.25, len(lines) * ROW + 0.12


def _places(layers: Layers, size: dict[str, tuple[float, float]]) -> Place:
    """Layers from top to bottom, each centred."""
    wide = max(sum(size[n][0] + BETWEEN for n in layer) for layer in layers)
    place: Place = {}
    top = sum(max(size[n][1] for n in layer) + GAP for layer in layers)
    for layer in layers:
        high = max(size[n][1] for n in layer)
        x = (wide - sum(size[n][0] + BETWEEN for n in layer)) / 2 + 0.1
        for n in layer:
            x += (size[n][0] + BETWEEN) / 2
            place[n] = (x, top - high / 2)
            x += (size[n][0] + BETWEEN) / 2
        top -= high + GAP
    return place


def _drawn(
    boxes: Sequence[Box], chains: Chains, place: Place, size: dict[str, tuple[float, float]],
    extent: tuple[float, float], form: str,
) -> bytes:  # fmt: skip
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=extent)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, extent[0]), ylim=(0, extent[1]))
    axes.axis("off")
    for a, *points, b in chains:
        (x0, y0), (x1, y1) = place[a], place[b]
        way = [(x0, y0 - size[a][1] / 2), *(place[p] for p in points), (x1, y1 + size[b][1] / 2)]
        axes.plot(*zip(*way[:-1], strict=True), color="black", linewidth=0.8, zorder=1)
        how = {"arrowstyle": "-|>", "linewidth": 0.8, "color": "black", "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", way[-1], way[-2], arrowprops=how, zorder=1)
    for box in boxes:
        _box(axes, box, place[box.name], size[box.name])
    out = BytesIO()
    figure.savefig(out, format=form, dpi=150, metadata={"Date": None} if form == "svg" else None)
    return out.getvalue()


def _box(axes: Any, box: Box, at: tuple[float, float], size: tuple[float, float]) -> None:
    from matplotlib.patches import Rectangle

    (x, y), (wide, high) = at, size
    corner = (x - wide / 2, y - high / 2)
    frame = Rectangle(corner, wide, high, facecolor="white", edgecolor="black", zorder=2, **LINES[box.kind])
    frame.set_gid(f"box {box.name}")
    axes.add_patch(frame)
    if box.kind == "result":
        inner = (corner[0] + 0.04, corner[1] + 0.04)
        axes.add_patch(Rectangle(inner, wide - 0.08, high - 0.08, fill=False, linewidth=0.6, zorder=2))
    lines = [*box.lines, *box.below]
    top = y + high / 2 - 0.06 - ROW / 2
    for k, line in enumerate(lines):
        axes.text(x, top - k * ROW, line, ha="center", va="center", fontsize=9, zorder=3)
    if box.below:
        cut = top - (len(box.lines) - 0.5) * ROW
        axes.plot([corner[0], corner[0] + wide], [cut, cut], color="black", linewidth=0.5, zorder=3)
