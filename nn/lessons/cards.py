"""The flashcards of the course: one fact a card. Formulas come from definitions.py; the rest is written here."""

from autograd.classroom import Flashcard
from nn.lessons.definitions import DEFINED

FORMULAS = {
    "layer": ("layer",), "loan-neuron": ("hinge loss",), "activations": ("sigmoid", "tanh", "leaky ReLU", "ELU", "softplus", "GELU", "softmax"),
    "losses": ("mean squared error", "mean absolute error", "Huber loss", "binary cross-entropy", "logsumexp"),
    "vanishing-gradients": ("batch normalisation", "gradient clipping", "He initialisation", "Xavier initialisation"),
    "optimizers": ("momentum", "RMSprop", "Adam", "AdamW"), "schedules": ("cosine annealing",), "landscapes": ("Newton's method",),
    "attention": ("attention",),
}  # fmt: skip

WRITTEN = (
    ("guessing-game", "In the guessing game with a fixed step, from where on does the guess get no nearer?",
     "From half a step on: the next guess is then at least as far away, on the other side."),
    ("guessing-game", "What is the learning rate a factor of?", "Of the gradient: step = learning rate · gradient. It is not a distance."),
    ("tiny-network", "What does the forward pass do?", "It computes every node from its operands, from the leaves to the loss."),
    ("tiny-network", "What does the backward pass do?", "From the loss back to the leaves, it finds the gradient of every node."),
    ("tiny-network", "What does a loss function return?", "One number that says how wrong the prediction is: 0 is perfect, more is worse."),
    ("tiny-network", "A weight has a negative gradient. Which way should it move?", "Up: a step goes against the gradient, w ← w − η·∂L/∂w."),
    ("tiny-network", "What is a contribution, in terms of upstream and local derivative?", "Contribution = upstream · local derivative."),
    ("tiny-network", "A node is used three times. What is its gradient?", "The sum of three contributions, one for each use."),
    ("one-neuron", "What does a neuron compute?", "z = w₁x₁ + w₂x₂ + … + b, and then an activation of z."),
    ("one-neuron", "z = w·x + b. What is ∂z/∂w?", "x: the larger the input, the more its weight matters."),
    ("layer", "How many parameters does a layer with n inputs and m neurons have?", "m·(n + 1): m·n weights and m biases."),
    ("layer", "What are the rows and the columns of a layer's W?", "A row for each neuron, a column for each input."),
    ("loan-neuron", "Where is the decision boundary of a neuron with two inputs?", "Where z = 0: on the line w₁x₁ + w₂x₂ + b = 0."),
    ("loan-neuron", "Without a bias, through which point does a neuron's line go?", "Through (0, 0)."),
    ("loan-neuron", "w₂ is four times w₁. Is input 2 four times as important?", "Only if both inputs are on one scale: a weight has the unit of 1/input."),
    ("activations", "Why does a hidden layer need an activation?", "Without one, layers on layers are one linear layer."),
    ("activations", "Where is the slope of the sigmoid largest, and how large is it?", "At 0, and there it is ¼."),
    ("activations", "What does leaky ReLU prevent, and what not?", "It prevents dead units. It does not put a bend between the inputs."),
    ("activations", "Which activation belongs in the output layer for one of many classes?", "Softmax. For two classes sigmoid, for a number none."),
    ("activations", "All logits grow by 5. What does softmax do?", "Nothing changes: softmax depends on differences only."),
    ("activations", "All inputs of a neuron are positive. What do its weights do in one step of SGD?", "All go up, or all go down: they zig-zag."),
    ("losses", "Which loss goes with a number to predict, and which with a class?", "Squared error with a number, cross-entropy with a class."),
    ("losses", "What is the cross-entropy of one example?", "−ln of the probability that the true class was given."),
    ("losses", "Why is a confident wrong answer costly under cross-entropy?", "−ln p grows without bound as p goes to 0."),
    ("losses", "Which loss do outliers disturb less than the squared error?", "The absolute error, or Huber's: their slopes do not grow with the error."),
    ("losses", "What is the derivative of |e| at e = 0?", "There is none: −1 from the left, +1 from the right. 0 is chosen."),
    ("losses", "What is sparse cross-entropy?", "Cross-entropy whose label is a class number, not a one-hot list. The loss is the same."),
    ("one-line", "Which tasks can one neuron not do?", "Those whose classes no straight line separates, such as XOR."),
    ("xor-by-hand", "What does a hidden layer add for XOR?", "New features, in which one line does separate the classes."),
    ("hidden-space", "What does a hidden layer do to the points?", "It moves them, until the output layer needs only one line between the classes."),
    ("xor-training", "What is a dead unit?", "A ReLU that is at or below 0 for every example: no gradient passes."),
    ("xor-training", "When is a ReLU network one line?", "When each of its units is on for all inputs, or off for all."),
    ("linear-trap", "What do several layers without an activation make?", "One linear layer: the product of matrices is a matrix."),
    ("derivations", "Why is ∂L/∂z = ŷ − y for softmax with cross-entropy?", "L = ln Σe^z − z_c: the first term's slope is ŷ, the second's is y."),
    ("derivations", "Which kind of noise makes the squared error the right loss?", "Normally distributed noise: −ln of its density is the squared error."),
    ("vectors", "Which shape does ∂L/∂W have?", "That of W: a number for each weight."),
    ("vectors", "What is ∂L/∂W of a layer, in terms of δ and x?", "The outer product δ xᵀ; over a batch, the outer products are added."),
    ("vectors", "What is ∂L/∂x of a layer, in terms of W and δ?", "Wᵀ δ."),
    ("vectors", "What does backward compute instead of a Jacobian?", "A vector–Jacobian product: the upstream vector times it."),
    ("three-layers", "What is δ of a hidden ReLU layer?", "Wᵀ·δ of the next layer, times 1 where the unit is on and 0 where it is off."),
    ("three-layers", "What is the gradient of a bias?", "δ: the input of a bias is 1."),
    ("mistakes", "What goes wrong when contributions are assigned with = and not added with +=?", "Of several uses of a node, only the last one counts."),
    ("mistakes", "Why must backward go in reverse topological order?", "A node may pass on its gradient only when all its uses have contributed."),
    ("mistakes", "Why must no weight move before the backward pass is over?", "Gradients further back go through it, and need its old number."),
    ("published", "A published number differs from yours. What do you do?", "Recompute it in a second way, and look for the first line that differs."),
    ("why-backprop", "What does it cost to find N gradients by nudging?", "N + 1 forward passes: one without a nudge to compare with."),
    ("why-backprop", "What does one backward pass cost?", "About as much as a few forward passes, for all weights at once."),
    ("forward-and-reverse", "n inputs, m outputs: how many passes does each mode take?", "Forward mode n, reverse mode m."),
    ("forward-and-reverse", "Why does training use reverse mode?", "There is one loss and many parameters: one pass finds all."),
    ("forward-and-reverse", "What is the price of reverse mode?", "Memory: forward values are kept until the pass comes back."),
    ("memory", "Why does training need more memory than prediction?", "Backward needs the forward values, so all are kept."),
    ("memory", "What does checkpointing trade?", "Time for memory: some forward values are computed again."),
    ("vanishing-gradients", "Why do gradients vanish in deep networks?", "They are products with a factor for each layer; many factors below 1 make almost 0."),
    ("vanishing-gradients", "How does a residual connection help?", "Its slope is 1 + f′: along the path past the layer, a gradient does not shrink."),
    ("batches", "How many iterations does an epoch of 1,000 examples take, with batches of 100?", "10: examples divided by batch size."),
    ("batches", "A batch is four times as large. What happens to the noise of its gradient?", "It halves: noise falls as 1/√B."),
    ("learning-rates", "How does the loss behave when the learning rate is too large?", "It jumps up and down, or grows."),
    ("learning-rates", "On a parabola of curvature c, which learning rates converge?", "Those below 2/c."),
    ("optimizers", "What does Adam divide by?", "By the square root of a running mean of squared gradients: each weight has a step size of its own."),
    ("optimizers", "What is Adam's bias correction for?", "Its means start at 0 and are too small at first; dividing by 1 − βᵗ corrects that."),
    ("optimizers", "How long is Adam's first step?", "The learning rate, whatever the gradient."),
    ("optimizers", "How long is RMSprop's first step?", "η/√(1 − α), 10·η for α = 0.99: its mean is not corrected."),
    ("optimizers", "When do the two conventions of momentum differ?", "When the learning rate changes."),
    ("schedules", "Why is the learning rate lowered during training?", "Long steps get close quickly; short ones let the loss settle."),
    ("schedules", "What is warm-up for?", "Small first steps: Adam's are as long as the learning rate, and large ones throw the loss up."),
    ("landscapes", "What is a saddle point?", "Gradient 0, the loss rising in some directions and falling in others."),
    ("landscapes", "Name three ways out of a shallow valley.", "Momentum, another start, and the noise of small batches."),
    ("landscapes", "What does Newton's method use besides the gradient?", "Second derivatives: it divides the slope by the curvature."),
    ("training-loop", "Name the steps of a training loop.", "Forward, loss, zero the gradients, backward, update; again."),
    ("training-loop", "What happens if the gradients are not set to zero?", "Leaves accumulate: new gradients are added to old ones."),
    ("training-loop", "Does learning fail without backpropagation?", "Not with few weights: nudging and blind search work too, and cost far more."),
    ("training-loop", "A network with ten classes knows nothing yet. At which loss does it begin?", "At ln 10 = 2.303."),
    ("overfitting", "The training loss falls and the validation loss rises. What is it?", "Overfitting."),
    ("overfitting", "What does L2 regularisation do to a weight at each step?", "It pulls it towards 0: 1 − 2·η·λ of it is left."),
    ("overfitting", "What does dropout do in evaluation?", "Nothing: what was kept in training was divided by 1 − p."),
    ("early-stopping", "What does early stopping keep?", "The weights of the epoch with the lowest validation loss."),
    ("dials", "The gradient norm of the whole network looks moderate. What may still be wrong?", "Those of the first layers may be tiny: look at each layer."),
    ("universal-approximation", "What does depth buy?", "Each layer can fold what the one before has made: that multiplies the pieces; width only adds some."),
    ("universal-approximation", "What does the universal approximation theorem not say?", "How many units, nor that training finds the weights."),
    ("digits", "47 of 50 test images are right. How uncertain is 94%?", "±3%: √(p(1 − p)/n)."),
    ("in-pytorch", "What is w.grad in PyTorch after two calls of backward without zero_grad?", "The sum of both gradients, as here."),
    ("attention", "What are the weights of attention?", "The softmax of query · key / √d, over the tokens that may be seen."),
    ("attention", "What is the mask for?", "A token must not look at later ones: it would read the answer."),
    ("gpt", "At which loss does a model of 12 letters begin that knows nothing?", "At ln 12 = 2.485."),
)  # fmt: skip


def formula_cards() -> tuple[Flashcard, ...]:
    """Return a card for each formula that is learned by heart."""
    rows = [(term, slug) for slug, terms in FORMULAS.items() for term in terms]
    return tuple(
        Flashcard(f"{DEFINED[term].title}: what is the formula?", "; ".join(DEFINED[term].lines) + ".", slug)
        for term, slug in rows
    )


CARDS = (*(Flashcard(question, answer, slug) for slug, question, answer in WRITTEN), *formula_cards())
