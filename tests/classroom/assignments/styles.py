"""Engines in six styles, each right as it stands: what wrong engines are made from."""

CLOSURES = """
import math

class Node:
    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0.0
        self._prev = set(children)
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = Node(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "only numbers as exponents"
        out = Node(self.data ** n, (self,))
        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Node(max(0.0, self.data), (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out

    def exp(self):
        out = Node(math.exp(self.data), (self,))
        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        out = Node(t, (self,))
        def _backward():
            self.grad += (1 - t ** 2) * out.grad
        out._backward = _backward
        return out

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        out = Node(s, (self,))
        def _backward():
            self.grad += s * (1 - s) * out.grad
        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()
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

    def __neg__(self):
        return self * -1
    def __radd__(self, other):
        return self + other
    def __sub__(self, other):
        return self + (-other)
    def __rsub__(self, other):
        return other + (-self)
    def __rmul__(self, other):
        return self * other
    def __truediv__(self, other):
        return self * other ** -1
    def __rtruediv__(self, other):
        return other * self ** -1
"""

TUPLES = """
from math import exp as _exp, log as _log, tanh as _tanh

def lift(x):
    return x if isinstance(x, Node) else Node(x)

class Node:
    __slots__ = ("data", "grad", "parents", "slopes")

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad = float(data), None
        self.parents, self.slopes = parents, slopes

    def __add__(self, other):
        other = lift(other)
        return Node(self.data + other.data, (self, other), (1.0, 1.0))
    def __sub__(self, other):
        other = lift(other)
        return Node(self.data - other.data, (self, other), (1.0, -1.0))
    def __mul__(self, other):
        other = lift(other)
        return Node(self.data * other.data, (self, other), (other.data, self.data))
    def __truediv__(self, other):
        other = lift(other)
        return Node(self.data / other.data, (self, other), (1 / other.data, -self.data / other.data ** 2))
    def __pow__(self, other):
        other = lift(other)
        out = self.data ** other.data
        d_exponent = out * _log(self.data) if self.data > 0 else 0.0
        return Node(out, (self, other), (other.data * self.data ** (other.data - 1), d_exponent))
    def __neg__(self):
        return Node(-self.data, (self,), (-1.0,))
    def __radd__(self, other):
        return lift(other) + self
    def __rsub__(self, other):
        return lift(other) - self
    def __rmul__(self, other):
        return lift(other) * self
    def __rtruediv__(self, other):
        return lift(other) / self
    def __rpow__(self, other):
        return lift(other) ** self
    def exp(self):
        out = _exp(self.data)
        return Node(out, (self,), (out,))
    def log(self):
        return Node(_log(self.data), (self,), (1 / self.data,))
    def tanh(self):
        out = _tanh(self.data)
        return Node(out, (self,), (1 - out * out,))
    def relu(self):
        return Node(max(self.data, 0.0), (self,), (1.0 if self.data > 0 else 0.0,))
    def sigmoid(self):
        out = 1 / (1 + _exp(-self.data))
        return Node(out, (self,), (out * (1 - out),))

    def backward(self):
        order, seen = [], set()
        def visit(node):
            if id(node) in seen:
                return
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)
        visit(self)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in order[::-1]:
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad = (parent.grad or 0.0) + node.grad * slope
"""

TABLE = """
import math

RULES = {
    "add": (lambda x, y: x + y, lambda x, y, out: (1, 1)),
    "mul": (lambda x, y: x * y, lambda x, y, out: (y, x)),
    "sub": (lambda x, y: x - y, lambda x, y, out: (1, -1)),
    "div": (lambda x, y: x / y, lambda x, y, out: (1 / y, -x / (y * y))),
    "pow": (lambda x, y: x ** y, lambda x, y, out: (y * x ** (y - 1), out * math.log(x) if x > 0 else 0)),
    "neg": (lambda x: -x, lambda x, out: (-1,)),
    "exp": (math.exp, lambda x, out: (out,)),
    "tanh": (math.tanh, lambda x, out: (1 - out ** 2,)),
    "relu": (lambda x: x if x > 0 else 0, lambda x, out: (1 if x > 0 else 0,)),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x, out: (out * (1 - out),)),
}

class Node:
    def __init__(self, data, op=None, args=()):
        self.data, self.op, self.args, self.grad = data, op, args, 0

    def backward(self):
        order = []
        def visit(node):
            if not any(node is other for other in order):
                for arg in node.args:
                    visit(arg)
                order.append(node)
        visit(self)
        for node in order:
            if node.op:
                node.grad = 0
        self.grad = 1
        for node in reversed(order):
            if node.op:
                slopes = RULES[node.op][1](*[arg.data for arg in node.args], node.data)
                for arg, slope in zip(node.args, slopes):
                    arg.grad += slope * node.grad

def operation(op, swapped=False):
    def method(*args):
        args = tuple(arg if isinstance(arg, Node) else Node(arg) for arg in args)
        if swapped:
            args = args[::-1]
        return Node(RULES[op][0](*[arg.data for arg in args]), op, args)
    return method

for name in ("add", "mul", "sub", "truediv", "pow"):
    setattr(Node, f"__{name}__", operation(name.replace("truediv", "div")))
    setattr(Node, f"__r{name}__", operation(name.replace("truediv", "div"), swapped=True))
Node.__neg__ = operation("neg")
for name in ("exp", "tanh", "relu", "sigmoid"):
    setattr(Node, name, operation(name))
"""

RECURSION = '''
import math

class Node:
    """Each node asks its uses for its gradient."""
    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.made_from = []

    def _result(self, data, made_from):
        out = Node(data)
        out.made_from = made_from
        return out

    def __add__(self, other):
        if not isinstance(other, Node):
            return self._result(self.data + other, [(self, lambda g: g)])
        return self._result(self.data + other.data, [(self, lambda g: g), (other, lambda g: g)])
    def __mul__(self, other):
        if not isinstance(other, Node):
            return self._result(self.data * other, [(self, lambda g: g * other)])
        return self._result(self.data * other.data, [(self, lambda g: g * other.data), (other, lambda g: g * self.data)])
    __radd__ = __add__
    __rmul__ = __mul__
    def __neg__(self):
        return self._result(-self.data, [(self, lambda g: -g)])
    def __sub__(self, other):
        return self + (-other)
    def __rsub__(self, other):
        return (-self) + other
    def __truediv__(self, other):
        return self * (other ** -1)
    def __rtruediv__(self, other):
        return (self ** -1) * other
    def __pow__(self, k):
        if isinstance(k, Node):
            out = self.data ** k.data
            return self._result(out, [(self, lambda g: g * k.data * self.data ** (k.data - 1)), (k, lambda g: g * out * math.log(self.data))])
        return self._result(self.data ** k, [(self, lambda g: g * k * self.data ** (k - 1))])
    def __rpow__(self, base):
        out = base ** self.data
        return self._result(out, [(self, lambda g: g * out * math.log(base))])
    def exp(self):
        out = math.exp(self.data)
        return self._result(out, [(self, lambda g: g * out)])
    def tanh(self):
        out = math.tanh(self.data)
        return self._result(out, [(self, lambda g: g * (1 - out * out))])
    def relu(self):
        return self._result(max(0, self.data), [(self, lambda g: g if self.data > 0 else 0.0)])

    def backward(self, gradient=1.0):
        self.grad += gradient
        for operand, hand_on in self.made_from:
            operand.backward(hand_on(gradient))
'''

STACK = '''
import math

TAPE = []

class Node:
    """Every operation is put on a tape; the pass takes it off from the end."""
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0, list(parents)
        TAPE.append(self)

    @staticmethod
    def of(x):
        return x if isinstance(x, Node) else Node(x)

    def __add__(self, other):
        other = Node.of(other)
        return Node(self.data + other.data, [(self, 1), (other, 1)])
    def __mul__(self, other):
        other = Node.of(other)
        return Node(self.data * other.data, [(self, other.data), (other, self.data)])
    def __sub__(self, other):
        return self + Node.of(other) * -1
    def __truediv__(self, other):
        other = Node.of(other)
        return Node(self.data / other.data, [(self, 1 / other.data), (other, -self.data / other.data ** 2)])
    def __pow__(self, n):
        return Node(self.data ** n, [(self, n * self.data ** (n - 1))])
    def __neg__(self):
        return 0 - self
    def __radd__(self, other):
        return Node.of(other) + self
    def __rmul__(self, other):
        return Node.of(other) * self
    def __rsub__(self, other):
        return Node.of(other) - self
    def __rtruediv__(self, other):
        return Node.of(other) / self
    def exp(self):
        e = math.exp(self.data)
        return Node(e, [(self, e)])
    def tanh(self):
        return ((self * 2).exp() - 1) / ((self * 2).exp() + 1)
    def relu(self):
        return Node(self.data * (self.data > 0), [(self, self.data > 0)])
    def sigmoid(self):
        return 1 / (1 + (-self).exp())

    def backward(self):
        below, stack = set(), [self]
        while stack:
            node = stack.pop()
            if id(node) not in below:
                below.add(id(node))
                stack.extend(parent for parent, _ in node.parents)
        self.grad = 1
        for node in TAPE[::-1]:
            if id(node) in below:
                for parent, slope in node.parents:
                    parent.grad += node.grad * slope
'''

NUMPY = """
import numpy as np

class Node:
    def __init__(self, data, parents=(), rule=None):
        self.data = np.float64(data)
        self.grad = np.zeros_like(self.data)
        self.parents = parents
        self.rule = rule

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(np.add(self.data, other.data), (self, other), lambda g: (g, g))
    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(np.multiply(self.data, other.data), (self, other), lambda g: (g * other.data, g * self.data))
    def __pow__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        out = np.power(self.data, other.data)
        log = np.log(self.data) if self.data > 0 else 0.0
        return Node(out, (self, other), lambda g: (g * other.data * np.power(self.data, other.data - 1), g * out * log))
    def __neg__(self):
        return Node(-self.data, (self,), lambda g: (-g,))
    def __sub__(self, other):
        return self + -(other if isinstance(other, Node) else Node(other))
    def __truediv__(self, other):
        return self * (other if isinstance(other, Node) else Node(other)) ** -1.0
    def __radd__(self, other):
        return self + other
    def __rmul__(self, other):
        return self * other
    def __rsub__(self, other):
        return Node(other) - self
    def __rtruediv__(self, other):
        return Node(other) / self
    def __rpow__(self, other):
        return Node(other) ** self
    def exp(self):
        out = np.exp(self.data)
        return Node(out, (self,), lambda g: (g * out,))
    def tanh(self):
        out = np.tanh(self.data)
        return Node(out, (self,), lambda g: (g * (1 - out ** 2),))
    def relu(self):
        return Node(np.maximum(self.data, 0), (self,), lambda g: (g * (self.data > 0),))

    def backward(self):
        count, line = {}, [self]
        while line:
            node = line.pop()
            for parent in node.parents:
                count[id(parent)] = count.get(id(parent), 0) + 1
                if count[id(parent)] == 1:
                    line.append(parent)
        self.grad = np.ones_like(self.data)
        line = [self]
        while line:
            node = line.pop()
            if node.rule is None:
                continue
            for parent, gradient in zip(node.parents, node.rule(node.grad)):
                parent.grad = parent.grad + gradient
                count[id(parent)] -= 1
                if not count[id(parent)]:
                    line.append(parent)
"""

STYLES = {
    "closures": CLOSURES,
    "tuples": TUPLES,
    "table": TABLE,
    "recursion": RECURSION,
    "stack": STACK,
    "numpy": NUMPY,
}
