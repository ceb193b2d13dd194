"""Wrong engines: each is one of the six styles with one thing changed, and has the stage and the name of its mistake."""

from dataclasses import dataclass

from tests.classroom.assignments.styles import STYLES


@dataclass(frozen=True)
class Wrong:
    """A style, what is changed in it, and how the mistake is called."""

    style: str
    stage: int
    name: str
    edits: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        """The engine's source."""
        text = STYLES[self.style]
        for old, new in self.edits:
            assert old in text, f"{self.style}: {old!r} is not there"
            text = text.replace(old, new)
        return text


def wrong(style, stage, name, *edits):
    return Wrong(style, stage, name, tuple(zip(edits[::2], edits[1::2], strict=True)))


TOPO = """        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()
"""
PRE = """        self.grad = 1.0
        seen = set()
        def go(v):
            seen.add(v)
            v._backward()
            for child in v._prev:
                if child not in seen:
                    go(child)
        go(self)
"""
TWICE = """        self.grad = 1.0
        stack = [self]
        while stack:
            v = stack.pop()
            v._backward()
            stack.extend(v._prev)
"""
QUEUE = """        self.grad = 1.0
        queue, seen = [self], {self}
        while queue:
            v = queue.pop(0)
            v._backward()
            for child in v._prev:
                if child not in seen:
                    seen.add(child)
                    queue.append(child)
"""
TUPLE_PASS = """        for node in order[::-1]:
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad = (parent.grad or 0.0) + node.grad * slope
"""
ASSIGNED = "`=` where `+=` belongs"
WRONG = (
    # the pass as a whole
    wrong("closures", 6, ASSIGNED, ".grad += ", ".grad = "),
    wrong("tuples", 6, ASSIGNED, "(parent.grad or 0.0) + node.grad * slope", "node.grad * slope"),
    wrong("table", 6, ASSIGNED, "arg.grad += slope * node.grad", "arg.grad = slope * node.grad"),
    wrong("stack", 6, ASSIGNED, "parent.grad += node.grad * slope", "parent.grad = node.grad * slope"),
    wrong("numpy", 6, ASSIGNED, "parent.grad = parent.grad + gradient", "parent.grad = gradient"),
    wrong("recursion", 6, ASSIGNED, "self.grad += gradient", "self.grad = gradient"),
    wrong("closures", 5, "no topological order", TOPO, PRE),
    wrong("closures", 5, "no topological order", TOPO, QUEUE),
    wrong("closures", 5, "no topological order", "                topo.append(v)\n", "", "                visited.add(v)\n",
          "                visited.add(v)\n                topo.append(v)\n", "reversed(topo)", "topo"),
    wrong("tuples", 5, "no topological order", "            order.append(node)\n", "", "            seen.add(id(node))\n",
          "            seen.add(id(node))\n            order.append(node)\n", "order[::-1]", "order"),
    wrong("closures", 5, "counts twice", TOPO, TWICE),
    wrong("recursion", 5, "counts twice", "operand.backward(hand_on(gradient))", "operand.backward(hand_on(self.grad))"),
    wrong("tuples", 5, "counts twice", "            if id(node) in seen:\n                return\n", ""),
    wrong("closures", 5, "not reversed", "reversed(topo)", "topo"),
    wrong("table", 5, "not reversed", "in reversed(order)", "in order"),
    wrong("closures", 5, "stops after one level", TOPO, "        self.grad = 1.0\n        self._backward()\n"),
    wrong("tuples", 5, "upstream forgotten", "+ node.grad * slope", "+ slope"),
    wrong("table", 5, "upstream forgotten", "slope * node.grad", "slope"),
    wrong("recursion", 5, "upstream forgotten", "hand_on(gradient)", "hand_on(1.0)"),
    wrong("tuples", 5, "local derivative forgotten", "+ node.grad * slope", "+ node.grad"),
    wrong("stack", 5, "+ in the place of ·", "node.grad * slope", "node.grad + slope"),
    wrong("tuples", 6, "sum so far", "(parent.grad or 0.0) + node.grad * slope", "(parent.grad or 0.0) + ((parent.grad or 0.0) + node.grad * slope)"),
    wrong("closures", 2, "never set to 1", "        self.grad = 1.0\n        for", "        for"),
    wrong("table", 2, "root's value", "self.grad = 1\n", "self.grad = self.data\n"),
    # what is remembered
    wrong("tuples", 2, "parents in a set", "parents, slopes\n\n    def __add__",
          "tuple(dict.fromkeys(parents)), slopes\n\n    def __add__"),
    wrong("table", 2, "parents in a set", "self.data, self.op, self.args, self.grad = data, op, args, 0\n",
          "self.data, self.op, self.args, self.grad = data, op, args, 0\n        self.once = list({id(arg): arg for arg in args}.values())\n",
          "for arg, slope in zip(node.args, slopes)", "for arg, slope in zip(node.once, slopes)"),
    wrong("tuples", 2, "only one parent", "self.parents, self.slopes = parents, slopes", "self.parents, self.slopes = parents[:1], slopes[:1]"),
    wrong("stack", 2, "only one parent", "list(parents)", "list(parents)[:1]"),
    wrong("tuples", 6, "dictionary keyed by something that collides", "self.parents, self.slopes = parents, slopes",
          "kept = dict(zip(parents, slopes))\n        self.parents, self.slopes = tuple(kept), tuple(kept.values())"),
    wrong("stack", 6, "dictionary keyed by something that collides", "list(parents)", "[(p, s) for p, s in {p.data: (p, s) for p, s in parents}.values()]"),
    wrong("closures", 6, "rule is kept on the inputs", "out._backward = _backward", "self._backward = _backward"),
    wrong("stack", 6, "only the last use", "TAPE.append(self)\n", "TAPE.append(self)\n        self.use = None\n        for p, s in self.parents:\n            p.use = (self, s)\n",
          "                for parent, slope in node.parents:\n                    parent.grad += node.grad * slope\n",
          "                if node.use and id(node.use[0]) in below:\n                    node.grad = node.use[0].grad * node.use[1]\n"),
    wrong("numpy", 6, "unused use", "self.rule = rule\n", "self.rule = rule\n        self.uses = 0\n        for parent in parents:\n            parent.uses += 1\n",
          "count[id(parent)] = count.get(id(parent), 0) + 1\n                if count[id(parent)] == 1:\n",
          "if id(parent) not in count:\n                    count[id(parent)] = parent.uses\n"),
    # single operations
    wrong("closures", 2, "x · y: the slope is wrong (the second gets none)", "            other.grad += self.data * out.grad\n", ""),
    wrong("closures", 2, "x + y: the slope is wrong (the second gets none)", "            other.grad += out.grad\n", ""),
    wrong("tuples", 2, "x + y: the slope is wrong (the first gets none)", "(self, other), (1.0, 1.0)", "(self, other), (0.0, 1.0)"),
    wrong("closures", 6, "in the rule of x + y: its second operand", "other.grad += out.grad", "other.grad = out.grad"),
    wrong("closures", 6, "in the rule of x · y: its second operand", "other.grad += self.data", "other.grad = self.data"),
    wrong("closures", 5, "upstream dropped in the rule of x · y: its first operand", "+= other.data * out.grad", "+= other.data"),
    wrong("tuples", 8, "x − y: the value is wrong (it gives x + y)", "Node(self.data - other.data, (self, other), (1.0, -1.0))", "Node(self.data + other.data, (self, other), (1.0, 1.0))"),
    wrong("tuples", 8, "−x: the value is wrong (it gives x)", "Node(-self.data, (self,), (-1.0,))", "Node(self.data, (self,), (1.0,))"),
    wrong("closures", 8, "exp: the slope is wrong", "self.grad += out.data * out.grad", "self.grad += self.data * out.grad"),
    wrong("closures", 8, "upstream dropped in the rule of exp", "self.grad += out.data * out.grad", "self.grad += out.data"),
    wrong("closures", 8, "in the rule of relu", "self.grad += (out.data > 0) * out.grad", "self.grad = (out.data > 0) * out.grad"),
    wrong("closures", 8, "in the rule of tanh", "self.grad += (1 - t ** 2) * out.grad", "self.grad = (1 - t ** 2) * out.grad"),
    wrong("closures", 8, "in the rule of exp", "self.grad += out.data * out.grad", "self.grad = out.data * out.grad"),
    wrong("closures", 8, "in the rule of x ** 2", "self.grad += n *", "self.grad = n *"),
    wrong("closures", 8, "power: upstream dropped", " * self.data ** (n - 1) * out.grad", " * self.data ** (n - 1)"),
    wrong("closures", 8, "power: the slope is wrong (n·xⁿ)", "** (n - 1) * out", "** n * out"),
    wrong("closures", 8, "power: the slope is kept as a node", "self.grad += n * self.data ** (n - 1) * out.grad", "self.grad += out.grad * n * self ** (n - 1)"),
    wrong("closures", 8, "sigmoid: the slope is wrong (on the wrong number", "s * (1 - s) *", "self.data * (1 - self.data) *"),
    wrong("closures", 8, "tanh: the slope is wrong (on the wrong number", "(1 - t ** 2) *", "(1 - self.data ** 2) *"),
    wrong("closures", 8, "tanh: the slope is wrong (tanh inverted", "(1 - t ** 2) *", "(t ** 2 - 1) *"),
    wrong("closures", 8, "relu cuts the graph", "out = Node(max(0.0, self.data), (self,))\n        def _backward():\n            self.grad += (out.data > 0) * out.grad\n        out._backward = _backward", "out = Node(max(0.0, self.data))"),
    wrong("closures", 8, "2 − x is swapped", "return other + (-self)", "return self + (-other)"),
    wrong("closures", 8, "2 / x is swapped", "return other * self ** -1", "return self / other"),
    wrong("closures", 8, "2 + x is swapped or broken (+ that multiplies)", "def __radd__(self, other):\n        return self + other", "def __radd__(self, other):\n        return self * other"),
    wrong("tuples", 8, "power: the exponent gets no gradient", "return Node(out, (self, other), (other.data * self.data ** (other.data - 1), d_exponent))",
          "return Node(out, (self,), (other.data * self.data ** (other.data - 1),))"),
    wrong("tuples", 8, "power: a base of 0 or below crashes", "out * _log(self.data) if self.data > 0 else 0.0", "out * _log(self.data)"),
    wrong("tuples", 8, "power: the slope is wrong (xⁿ⁻¹", "(other.data * self.data ** (other.data - 1), d_exponent)", "(self.data ** (other.data - 1), d_exponent)"),
    wrong("tuples", 8, "2 ** x is swapped", "return lift(other) ** self", "return self ** lift(other)"),
    wrong("tuples", 8, "2 − x is swapped", "return lift(other) - self", "return self - lift(other)"),
    wrong("tuples", 8, "x / y cuts the graph", "return Node(self.data / other.data, (self, other), (1 / other.data, -self.data / other.data ** 2))", "return Node(self.data / other.data)"),
    wrong("tuples", 8, "−x cuts the graph", "return Node(-self.data, (self,), (-1.0,))", "return Node(-self.data)"),
    wrong("tuples", 8, "exp cuts the graph", "return Node(out, (self,), (out,))", "return Node(out)"),
    wrong("tuples", 8, "x / y: the slope is wrong (the sign", "-self.data / other.data ** 2", "self.data / other.data ** 2"),
    wrong("tuples", 8, "x − y: the slope is wrong (the sign", "(1.0, -1.0)", "(1.0, 1.0)"),
    wrong("table", 8, "2 − x is swapped", 'setattr(Node, f"__r{name}__", operation(name.replace("truediv", "div"), swapped=True))',
          'setattr(Node, f"__r{name}__", operation(name.replace("truediv", "div"), swapped=name != "sub"))'),
    wrong("table", 8, "relu: the slope is wrong (1 everywhere", "(1 if x > 0 else 0,)", "(1,)"),
    wrong("table", 3, "x · y: the slope is wrong (each operand gets itself", "(y, x)", "(x, y)"),
    wrong("table", 8, "sigmoid: the slope is wrong (on the wrong number", "(out * (1 - out),)", "(x * (1 - x),)"),
    wrong("table", 8, "power: the exponent gets no gradient", "out * math.log(x) if x > 0 else 0", "0"),
    wrong("recursion", 8, "in the rule of tanh", "lambda g: g * (1 - out * out)", "lambda g: 1 - out * out"),
    wrong("recursion", 8, "power: upstream dropped", "lambda g: g * k * self.data ** (k - 1)", "lambda g: k * self.data ** (k - 1)"),
    wrong("recursion", 8, "a number on the left crashes (2 ** x)", "lambda g: g * out * math.log(base)", "lambda g: g * out * math.log(base.data)"),
    wrong("stack", 8, "2 / x is swapped", "return Node.of(other) / self", "return self / other"),
    wrong("stack", 8, "exp: the slope is wrong", "[(self, e)]", "[(self, math.exp(e))]"),
    wrong("numpy", 8, "tanh: the slope is wrong (1 − tanh x", "(1 - out ** 2)", "(1 - out)"),
    wrong("numpy", 8, "power: upstream dropped", "(g * other.data * np.power(self.data, other.data - 1), g * out * log)", "(other.data * np.power(self.data, other.data - 1), out * log)"),
)  # fmt: skip
