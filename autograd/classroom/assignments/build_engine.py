"""The assignment `engine`: build your own Value. Its stages, their hints, and the checks beside the programs of every engine."""

from autograd.classroom.assignments.stages import Assignment, Check, Slip, Stage, check
from autograd.namespaces import scalars as xp

TINY = "by_hand(w=3.0, b=1.0, x=2.0, y=15.0)"


def parents() -> tuple[Check, ...]:
    """Return stage 2: the parents of a result, in order and with repeats."""
    asked = "len(z.parents); z.parents[0] is x; z.parents[1] is y"
    two = "x, y = Value(3.0), Value(4.0)"
    in_set = Slip(
        "parents in a set: x·x remembers x once",
        (1.0,),
        "Keep them in a tuple: (self, other), also where both are the same node.",
    )
    return (
        check(2, f"{two}\nz = x * y", "len(z.parents)", (2.0,),
              Slip("only one parent is remembered", (1.0,), "Both operands are parents: (self, other)."), unwritten=(0.0,)),
        check(2, f"{two}\nz = x * y", asked, (2.0, 1.0, 1.0),
              Slip("the parents are in the wrong order", (2.0, 0.0, 0.0), "The left operand comes first: (self, other).")),
        check(2, f"{two}\nz = x + y", asked, (2.0, 1.0, 1.0),
              Slip("the parents are in the wrong order", (2.0, 0.0, 0.0), "The left operand comes first: (self, other).")),
        check(2, "x = Value(3.0)\ny = x * x", "len(y.parents)", (2.0,), in_set),
    )  # fmt: skip


def partials() -> tuple[Check, ...]:
    """Return stage 3: the local derivatives of + and ×."""
    two = "x, y = Value(3.0), Value(4.0)"
    own = Slip(
        "x · y: each operand gets itself, not the other one",
        ([3.0, 4.0],),
        "∂(x·y)/∂x = y: the other operand's number.",
    )
    node = Slip(
        "the slope is kept as a node",
        ([{"node": 4.0}, {"node": 3.0}],),
        "A local derivative is a plain number: other.data.",
    )
    as_product = Slip(
        "x + y: the slopes of x · y", ([4.0, 3.0],), "As x grows by a little, x + y grows by as much: the slope is 1."
    )
    return (
        check(3, f"{two}\nz = x * y", "list(z.partials)", ([4.0, 3.0],), own, node,
              Slip("x · y: the slopes of x + y", ([1.0, 1.0],), "∂(x·y)/∂x = y."), unwritten=([],)),
        check(3, f"{two}\nz = x + y", "list(z.partials)", ([1.0, 1.0],), as_product),
    )  # fmt: skip


def hand_slips(dw: float, db: float, dx: float) -> tuple[Slip, ...]:
    """Return what people get for the three gradients of the tiny network at w = 3, b = 1, x = 2, y = 15."""
    rule = "L = (a − y)², so ∂L/∂a = 2·(a − y) = −16; then z ← w: times x, z ← x: times w."
    numbers = {
        "the sign of the delta (y − a in the place of a − y)": (-dw, -db, -dx),
        "½(t − o)² for (t − o)²: the 2 of the square is forgotten": (dw / 2, db / 2, dx / 2),
        "the gradient is doubled": (2 * dw, 2 * db, 2 * dx),
        "upstream alone: the local derivative is forgotten": (db, db, db),
        "the local derivative alone: upstream is forgotten": (2.0, 1.0, 3.0),
        "+ in the place of ·: upstream and local derivative are added": (db + 2, db + 1, db + 3),
        "w is updated too early (learning rate 0.01): x's gradient goes through the new w": (
            dw,
            db,
            db * (3 - 0.01 * dw),
        ),
        "the gradients of w and x are swapped": (dx, db, dw),
        "the bias gets the gradient of w": (dw, dw, dx),
        "the bias gets no gradient": (dw, 0.0, dx),
    }
    return tuple(Slip(name, (64.0, *gives), rule) for name, gives in numbers.items())


def by_hand() -> tuple[Check, ...]:
    """Return stage 4: the tiny network, forward and backward, and a unit that is off."""
    off = "by_hand(w=-3.0, b=1.0, x=2.0, y=15.0)"
    asks = "answer[0]; answer[1]; answer[2]; answer[3]"
    return (
        check(4, f"answer = {TINY}", asks, (64.0, -32.0, -16.0, -48.0), *hand_slips(-32.0, -16.0, -48.0)),
        check(4, f"answer = {off}", asks, (225.0, 0.0, 0.0, 0.0),
              Slip("relu has no slope here: z = −5 is below 0", (225.0, -60.0, -30.0, 90.0), "Where z is below 0, relu's slope is 0, and so is all behind it.")),
    )  # fmt: skip


def order() -> tuple[Check, ...]:
    """Return stage 5: each node once, after its parents."""
    graph = (
        "x, k, t = Value(5.0), Value(2.0), Value(3.0)\ny = x * k\nz = y * t\no = z + y\norder = topological_order(o)"
    )
    asked = "len(order); order[-1] is o; " + "; ".join(
        f"[n is {a} for n in order].index(True) < [n is {b} for n in order].index(True)"
        for a, b in (("x", "y"), ("y", "z"))
    )
    why = "Visit a node's parents first; then put the node into the list, if it is not there yet."
    return (
        check(5, graph, asked, (6.0, 1.0, 1.0, 1.0),
              Slip("no topological order (pre-order: a node is put in before its parents)", (6.0, 0.0, 0.0, 0.0), why),
              *(Slip("no visited set: a node that is reached twice is put in twice", (n, 1.0, 1.0, 1.0), why) for n in (9.0, 8.0, 7.0)),
              *(Slip("no topological order, and no visited set", (n, 0.0, 0.0, z), why) for n in (9.0, 8.0) for z in (0.0, 1.0)),
              Slip("the leaves are left out", (3.0, 1.0, 1.0, 1.0), "The leaves belong to the order: they are where the gradients are wanted.")),
        check(5, "x = Value(3.0)\ny = x * x\norder = topological_order(y)", "len(order)", (2.0,),
              Slip("no visited set: a node that is reached twice is put in twice", (3.0,), why)),
    )  # fmt: skip


def passes() -> tuple[Check, ...]:
    """Return stage 7: two passes, with zero_grad and without."""
    cube = "x = Value(3.0)\ny = x * x\nz = y * x\nz.backward()"
    stale = "stale gradients: y still holds the gradient of the first pass"
    why = "Interior nodes start afresh in each pass, only leaves accumulate: set the gradient of every node that has parents to 0 first."
    return (
        check(7, f"{cube}\nz.backward()", "x.grad", (54.0,), Slip(stale, (72.0,), why), Slip(stale, (45.0,), why),
              Slip("leaves do not accumulate", (27.0,), "A second pass adds to the gradients of the leaves. Only zero_grad sets those to 0.")),
        check(7, f"{cube}\nzero_grad(z)", "x.grad; y.grad", (0.0, 0.0),
              Slip("zero_grad does nothing", (27.0, 3.0), "Go through topological_order(root), and set each gradient to 0."),
              Slip("zero_grad leaves out the leaves", (27.0, 0.0), "Every node under the root, also the leaves."),
              Slip("zero_grad leaves out the results", (0.0, 3.0), "Every node under the root, also the results in the middle.")),
        check(7, f"{cube}\nzero_grad(z)\nz.backward()", "x.grad", (27.0,), Slip(stale, (45.0,), why),
              Slip("zero_grad is forgotten", (54.0,), "The gradient of the first pass is still there.")),
    )  # fmt: skip


def neurons() -> tuple[Check, ...]:
    """Return stage 9: a neuron, a layer, a network."""
    made = "n = Neuron([0.5, -1.0], 0.25)\nout = n([1.0, 2.0])"
    right = xp.tanh(0.5 - 2.0 + 0.25)
    net = (
        "model = MLP([Layer([Neuron([0.5, -1.0], 0.25), Neuron([1.0, 2.0], 0.0)]), Layer([Neuron([1.0, -1.0], 0.5)])])"
    )
    hidden = (right, xp.tanh(5.0))
    return (
        check(9, made, "out.data", (right,),
              Slip("the bias is forgotten", (xp.tanh(-1.5),), "w₁·x₁ + w₂·x₂ + b."),
              Slip("the activation is forgotten", (-1.25,), "The neuron's output is tanh of the sum."),
              Slip("relu in the place of tanh", (0.0,), "These neurons have tanh."),
              Slip("the inputs are crossed", (xp.tanh(0.25),), "The first weight belongs to the first input.")),
        check(9, made + "\nout.backward()", "n.weights[0].grad; n.weights[1].grad; n.bias.grad", ((1 - right**2), 2 * (1 - right**2), 1 - right**2),
              Slip("the graph is cut", (0.0, 0.0, 0.0), "Compute with Values: a Value made from .data has no parents.")),
        check(9, "n = Neuron([0.5, -1.0], 0.25)", "len(n.parameters())", (3.0,),
              Slip("the bias is no parameter", (2.0,), "Training moves the bias, too: [*self.weights, self.bias].")),
        check(9, f"{net}\nout = model([1.0, 2.0])", "len(out); out[0].data", (1.0, xp.tanh(hidden[0] - hidden[1] + 0.5))),
        check(9, net, "len(model.parameters())", (9.0,), Slip("the biases are no parameters", (6.0,), "Ask each layer for its parameters.")),
    )  # fmt: skip


def weight_after(epochs: int, sign: float = -1.0, factor: float = 1.0, zero: bool = True) -> float:
    """Return the weight of one tanh neuron without bias after some epochs on the example 1 → 0, from 0.5, at rate 0.1."""
    w = b = 0.5
    w_grad = b_grad = 0.0
    b = 0.0
    for _ in range(epochs):
        out = xp.tanh(w + b)
        slope = factor * 2 * out * (1 - out * out)
        w_grad, b_grad = (slope, slope) if zero else (w_grad + slope, b_grad + slope)
        w, b = w + sign * 0.1 * w_grad, b + sign * 0.1 * b_grad
    return w


def training() -> tuple[Check, ...]:
    """Return stage 10: the loss, a step, two epochs by hand, XOR."""
    loss = "L = mean_squared_error([Value(0.5), Value(1.0)], [1.0, 0.0])"
    step = "w = Value(2.0)\nw.grad = 3.0\nstep([w], lr=0.1)"
    two = "model = MLP([Layer([Neuron([0.5], 0.0)])])\nlast = train(model, [([1.0], 0.0)], lr=0.1, epochs=2)"
    xor = (
        "model = MLP([Layer([Neuron([0.9, -0.7], 0.1), Neuron([-0.8, 0.6], 0.2), Neuron([0.5, 0.9], -0.3)]), Layer([Neuron([0.7, 0.8, -0.6], 0.1)])])\n"
        "last = train(model, XOR, lr=0.5, epochs=600)"
    )
    weights = {
        "the sign of the delta, or of the step: training climbs": weight_after(2, sign=1.0),
        "½(t − o)² for (t − o)²": weight_after(2, factor=0.5),
        "zero_grad is forgotten between two passes": weight_after(2, zero=False),
        "one epoch too few": weight_after(1),
        "one epoch too many": weight_after(3),
        "no step is taken": 0.5,
    }
    why = "In each epoch: gradients to 0, outputs, loss, backward, step."
    return (
        check(10, loss, "L.data", (0.625,), Slip("the sum, not the mean", (1.25,), "Divide by the number of targets."),
              Slip("½(t − o)² for (t − o)²", (0.3125,), "The mean of (output − target)², without a ½."),
              Slip("the square is forgotten", (0.25,), "Square each difference."), Slip("the absolute value, not the square", (0.75,), "Square each difference.")),
        check(10, step, "w.data", (1.7,), Slip("the step goes uphill", (2.3,), "w ← w − lr · gradient: against the gradient."),
              Slip("the learning rate is forgotten", (-1.0,), "w ← w − lr · gradient."), Slip("no step is taken", (2.0,), "Change parameter.data.")),
        check(10, two, "model.layers[0].neurons[0].weights[0].data", (weight_after(2),), *(Slip(name, (w,), why) for name, w in weights.items())),
        check(10, xor, "last < 0.01", (1.0,), Slip("XOR is not learned: the loss stays above 0.01", (0.0,), "With the checks above passed, look at train once more."),
              seconds=60.0),
    )  # fmt: skip


def to_choose() -> dict[int, tuple[Check, ...]]:
    """Return the checks of the stages to choose."""
    softmax = "logits = [Value(1000.0), Value(998.0), Value(0.0)]\nL = cross_entropy(logits, 1)\nL.backward()"
    s = 1 / (1 + xp.exp(-2))
    head = "out = attention([Value(1.0), Value(0.0)], [[Value(1.0), Value(0.0)], [Value(0.0), Value(1.0)]], [[Value(10.0)], [Value(20.0)]])"
    w = 1 / (1 + xp.exp(-1 / xp.sqrt(2)))
    unscaled = 1 / (1 + xp.exp(-1))
    drawn = "x, y = Value(2.0, label='x'), Value(3.0, label='y')\nz = x * y\nz.label = 'z'\ntext = draw(z)"
    return {
        11: (check(11, "slope = central_difference(lambda x: x * x * x, 2.0)", "abs(slope - 12.0) < 1e-6", (1.0,),
                   Slip("the difference goes to one side only, or is divided by h in the place of 2h", (0.0,), "(f(x + h) − f(x − h)) / 2h.")),),
        12: (check(12, drawn, "text.count('->'); '\"x\" -> \"z\"' in text; '\"y\" -> \"z\"' in text", (2.0, 1.0, 1.0),
                   Slip("the arrows point the wrong way", (2.0, 0.0, 0.0), "From the operand to the result.")),),
        13: (check(13, softmax, "L.data; logits[0].grad; logits[1].grad; logits[2].grad", (2 + xp.log(1 + xp.exp(-2)), s, (1 - s) - 1, 0.0)),),
        14: (check(14, "slope = deep(100000)", "slope", (100001.0,), Slip("x itself is forgotten", (100000.0,), "y begins as x: that is one use more."), seconds=30.0),),
        15: (check(15, "second = second_derivative(lambda x: x * x * x, 2.0)", "abs(second - 12.0) < 1e-3", (1.0,)),),
        16: (check(16, head, "len(out); out[0].data", (1.0, w * 10 + (1 - w) * 20),
                   Slip("the scores are not divided by √d", (1.0, unscaled * 10 + (1 - unscaled) * 20), "Attention divides by the root of the length of a key."),
                   Slip("the weights are swapped", (1.0, (1 - w) * 10 + w * 20), "Each value belongs to its own key."),
                   Slip("the softmax is forgotten", (1.0, 10 / xp.sqrt(2)), "The scores are turned into weights that add up to 1.")),),
    }  # fmt: skip


CHOICES = to_choose()
STAGES = (
    Stage(1, "a number with a name, + and ×", (
        "x + y is a new number: what should it hold?",
        "The result is a Value, made from the .data of both. Neither operand changes.",
        "Return Value(…) of self.data and other.data, added in one method, multiplied in the other.")),
    Stage(2, "remember the parents", (
        "To go backward, a result must know what it was computed from.",
        "__init__ is given parents: keep them. + and · must pass them on.",
        "The parents of x · y are the tuple (self, other). For x · x that is (x, x): no set."), parents()),
    Stage(3, "local derivatives", (
        "If x grows by a little, by how many times as much does x · y grow?",
        "∂(x + y)/∂x = 1. ∂(x · y)/∂x = y, ∂(x · y)/∂y = x.",
        "Pass one plain number for each parent, in the same order, and keep them in __init__."), partials()),
    Stage(4, "the chain rule by hand on the tiny network", (
        "Forward first: z = w·x + b, a = relu(z), L = (a − y)².",
        "∂L/∂a = 2·(a − y). relu hands it on where z > 0, and stops it elsewhere.",
        "What arrives at z goes to w times x, to b times 1, to x times w."), by_hand()),
    Stage(5, "topological order", (
        "A node may hand on its gradient only when all its uses have given theirs. Which order makes sure of that?",
        "Visit a node's parents first; then put the node into the list. Visit no node twice.",
        "A set of id(node) remembers what was visited. The root is the last of the list."), order()),
    Stage(6, "reuse and +=", (
        "With which gradient does the root begin?",
        "Take the list of topological_order(self) from its end. Each node gives each parent its gradient times the partial.",
        "A parent that is used twice gets two contributions: they are added."),),
    Stage(7, "backward twice, zero_grad", (
        "Call backward twice on x³. Which nodes should keep what they got in the first pass?",
        "Leaves add up over passes. Results in the middle must not: they would hand on the first pass again.",
        "At the start of backward set the gradient of every node that has parents to 0. zero_grad does so for every node."), passes()),
    Stage(8, "−, ÷, **, exp, tanh, relu, numbers on either side", (
        "Each is a value and one slope for each operand.",
        "∂(x/y)/∂y = −x/y². ∂xⁿ/∂x = n·xⁿ⁻¹. ∂xʸ/∂y = xʸ·ln x, for x > 0 only. exp′ = exp. tanh′ = 1 − tanh².",
        "In 2 − x, self is x and other is 2: make a Value of the 2, then subtract in the right order."),),
    Stage(9, "Neuron, Layer, MLP", (
        "A neuron: multiply, add, tanh. A layer: neurons side by side. An MLP: layers one after the other.",
        "Begin the sum with the bias and add w * x for each pair.",
        "parameters() of a neuron: its weights and its bias. Of a layer and a model: those of all parts, in one list."), neurons()),
    Stage(10, "a loss, a step, training XOR below 0.01", (
        "How wrong is the model? In which direction does that grow?",
        "The mean of (output − target)². Then w ← w − lr · gradient.",
        "In each epoch: gradients to 0, outputs, loss, backward, step. Return loss.data at the end."), training()),
    Stage(11, "gradcheck", ("What is a slope, without any rule?", "(f(x + h) − f(x − h)) / 2h.", "Take the .data of both."), CHOICES[11], True),
    Stage(12, "a drawn graph", ("Each parent of each node is an arrow.", "topological_order gives all nodes.", 'One line "x" -> "z" for each pair.'), CHOICES[12], True),
    Stage(13, "softmax with cross-entropy that does not overflow", (
        "exp(1000) is too large for a float. Which number may be taken from all logits?",
        "The largest, as a plain number: then no exp is above 1.", "L = ln Σ exp(zᵢ − m) + m − z[target]. ln is one more rule."), CHOICES[13], True),
    Stage(14, "a graph of 100,000 nodes", (
        "Python stops a recursion at 1,000 calls.", "A list of your own can do what the calls do.",
        "Put (node, False) on a stack; taken off, put back (node, True) and then its parents."), CHOICES[14], True),
    Stage(15, "second derivatives", ("A slope of a slope.", "backward gives the slope at one x.", "Take it at x + h and at x − h."), CHOICES[15], True),
    Stage(16, "attention of one head", (
        "Score, softmax, weighted sum.", "A score is query · key / √d.", "output[i] = Σ weightⱼ · valueⱼ[i]."), CHOICES[16], True),
)  # fmt: skip
ENGINE = Assignment("engine", "Build your own Value", "value.py", "Value", STAGES)
