r"""The words and formulas of the course: each is stated here, once, and told where a lesson first uses it.

A formula is written in TeX; a terminal shows it as text, a page as MathML.
"""

from autograd.classroom import Definition, table_of

DEFINED = table_of(Definition(*row) for row in (
    # --- one neuron ---
    ("loss", "One number that says how wrong a prediction is: 0 is perfect, and more is worse."),
    ("gradient", "Of the loss with respect to a number: how fast the loss changes as that number grows. Positive: the loss grows with it."),
    ("learning rate", "The factor between a gradient and the step that follows it, η.", r"w \leftarrow w - \eta \cdot \frac{\partial L}{\partial w}"),
    ("gradient descent", "Repeat: compute the gradient, and move every number that may change a step against it."),
    ("node", "One number of a computation, given or computed."),
    ("operand", "A number that an operation takes, by its place: in x·x one node is two operands."),
    ("leaf", "A node that was given: a parameter, an input, a target."),
    ("local derivative", "The derivative of one operation with respect to one of its operands."),
    ("upstream", "The gradient of the node that an operation computed; it comes from the side of the loss."),
    ("contribution", "What one use of a node adds to its gradient: upstream times local derivative."),
    ("topological order", "An order in which every node stands behind those it was computed from."),
    ("forward pass", "Compute every node from its operands, from the leaves to the loss."),
    ("backward pass", "Go from the loss back to the leaves, and find the gradient of every node on the way."),
    ("chain rule", "What a use of x contributes to its gradient is the gradient of the result (upstream) times the local derivative.",
     r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial z} \cdot \frac{\partial z}{\partial x}"),
    ("parameter", "A number that training changes: a weight or a bias."),
    ("ReLU", "Passes what is above 0 and blocks the rest.", r"\text{ReLU}(x) = \max(0, x)"),
    ("neuron", "A weighted sum of its inputs plus a bias, and then an activation f of it.", "z = w_1 \\cdot x_1 + w_2 \\cdot x_2 + \\dots + b\na = f(z)"),
    ("layer", "Neurons side by side that read the same inputs, each with weights and a bias of its own. Row j of W is neuron j.", r"z = W x + b"),
    ("decision boundary", "The points at which a neuron changes its mind: with two inputs, a line.", r"w_1 \cdot x_1 + w_2 \cdot x_2 + b = 0"),
    ("hinge loss", "The amount by which a score s falls short of 1 on the right side; the label y is −1 or +1.", r"L = \max(0, 1 - y \cdot s)"),
    # --- activations ---
    ("activation", "The function that follows a neuron's sum, and bends what would stay straight without it."),
    ("sigmoid", "Squashes any number into the range from 0 to 1.",
     "\\sigma(x) = \\frac{1}{1 + e^{-x}}\n\\frac{\\partial \\sigma}{\\partial x} = \\sigma(x) \\cdot (1 - \\sigma(x))"),
    ("tanh", "The hyperbolic tangent: squashes any number into the range from −1 to 1.",
     "\\tanh(x) = \\frac{e^x - e^{-x}}{e^x + e^{-x}}\n\\frac{\\partial \\tanh}{\\partial x} = 1 - \\tanh(x)^2"),
    ("leaky ReLU", "ReLU with a small slope below 0, so that a gradient still flows there.", r"f(x) = \max(0.01 \cdot x, x)"),
    ("ELU", "ReLU with a smooth curve down to −1 below 0.", r"f(x) = \begin{cases} x & \text{if} x > 0 \\ e^x - 1 & \text{else} \end{cases}"),
    ("softplus", "ReLU with the corner rounded off; its slope is the sigmoid.", r"f(x) = \ln(1 + e^x)"),
    ("GELU", "x times the share Φ(x) of a normal distribution that lies below x.", r"f(x) = x \cdot \Phi(x)"),
    ("logit", "What a network returns before sigmoid or softmax: any number, not yet a probability."),
    ("softmax", "Turns a list of logits into probabilities: all positive, and 1 in sum.", r"\hat{y}_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"),
    ("saturated", "Of a unit: so far out on a sigmoid or a tanh that the slope there is nearly 0."),
    ("dead unit", "A ReLU that is at or below 0 for every example: no gradient passes, and its weights never move."),
    # --- losses ---
    ("mean squared error", "The mean of the squared errors (MSE): the usual loss for a number.", r"L = \frac{1}{n} \sum_i (\hat{y}_i - y_i)^2"),
    ("mean absolute error", "The mean size of the errors (MAE): outliers disturb it less.", r"L = \frac{1}{n} \sum_i \lvert \hat{y}_i - y_i \rvert"),
    ("Huber loss", "Squared for small errors, straight for large ones (here from 1 on); e = ŷ − y.",
     r"L = \begin{cases} \frac{1}{2} \cdot e^2 & \text{if} \lvert e \rvert \le 1 \\ \lvert e \rvert - \frac{1}{2} & \text{else} \end{cases}"),
    ("binary cross-entropy", "For two classes: y is 0 or 1, and ŷ the probability of 1. One of the two terms is always 0.",
     r"L = -[y \cdot \ln(\hat{y}) + (1 - y) \cdot \ln(1 - \hat{y})]"),
    ("cross-entropy", "For many classes: minus the logarithm of the probability that the true class c was given.",
     "L = -\\sum_i y_i \\cdot \\ln \\hat{y}_i = -\\ln \\hat{y}_c"),
    ("one-hot", "A label as a list: 1 at the true class, 0 everywhere else. As a whole number it is called sparse."),
    ("logsumexp", "The logarithm of the sum of exponentials. Cross-entropy of softmax is this minus the logit of the true class, and never overflows.",
     "\\ln \\sum_j e^{z_j}\nL = \\ln \\sum_j e^{z_j} - z_c"),
    ("convex", "Of a loss: bowl-shaped, so that a point at which its gradient is 0 is a lowest point. A mean of convex losses is convex."),
    ("outlier", "An example far away from all others, often a mistake in the data."),
    # --- training, as it is met ---
    ("epoch", "One pass of training through all examples."),
    ("hidden layer", "A layer between the inputs and the output layer; its units are hidden units."),
    ("SGD", "Stochastic gradient descent: a step against the gradient of some of the examples.", r"w \leftarrow w - \eta \cdot g"),
    ("universal approximation", "One hidden layer with enough units comes as near to any continuous function as one likes."),
    ("delta", "The gradient of the loss with respect to a layer's sums z, δ. From it come the gradients of weights, bias and inputs.",
     "\\frac{\\partial L}{\\partial W} = \\delta x^T\n\\frac{\\partial L}{\\partial b} = \\delta\n\\frac{\\partial L}{\\partial x} = W^T \\delta"),
    ("Jacobian", "The matrix of all derivatives of a function with n inputs and m outputs: m rows, n columns."),
    ("vector–Jacobian product", "The upstream vector times the Jacobian: what the backward pass computes at every operation, without the matrix.", "u^T J"),
    ("forward mode", "Carry, from the inputs on, beside each number its derivative with respect to one input: one pass for each input."),
    ("reverse mode", "Carry, from the output back, the derivative of one output with respect to each node: one pass for each output."),
    ("dual number", "A number with a derivative beside it, a + a′·ε with ε² = 0. Computing with duals is forward mode."),
    ("checkpointing", "Keep only some of the forward values, and compute the others again when the backward pass needs them."),
    ("vanishing gradient", "A gradient that shrinks from layer to layer, until the first layers receive next to nothing."),
    ("exploding gradient", "A gradient that grows from layer to layer, until a step throws the weights far away."),
    ("gradient norm", "The length of all gradients taken as one vector.", r"\lVert g \rVert = \sqrt{\sum_i g_i^2}"),
    ("gradient clipping", "Shrink all gradients by one factor where their norm is above a bound c.",
     r"g \leftarrow g \cdot \min(1, \frac{c}{\lVert g \rVert})"),
    ("Xavier initialisation", "Weights with standard deviation √(2/(n + m)), for a layer of n inputs and m outputs; made for tanh.",
     r"\sigma = \sqrt{\frac{2}{n + m}}"),
    ("He initialisation", "Weights with standard deviation √(2/n): ReLU blocks half, so the weights are larger.", r"\sigma = \sqrt{\frac{2}{n}}"),
    ("residual connection", "Adds a layer's input to its output, so that the gradient has a way past the layer.", r"y = x + f(x)"),
    ("batch normalisation", "Over the examples of a batch, brings each unit to mean 0 and deviation 1, then scales and shifts it by two parameters.",
     r"y = \gamma \cdot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta"),
    # --- downhill ---
    ("batch", "The examples of one step; their gradients are averaged. A few dozen of many are a mini-batch."),
    ("iteration", "One forward pass, backward pass and update: one batch."),
    ("momentum", "Adds up past gradients: steps that agree grow, those that alternate cancel.",
     "v \\leftarrow \\beta \\cdot v + g\nw \\leftarrow w - \\eta \\cdot v"),
    ("Nesterov momentum", "Momentum that looks one step ahead.", "v \\leftarrow \\beta \\cdot v + g\nw \\leftarrow w - \\eta \\cdot (g + \\beta \\cdot v)"),
    ("Adagrad", "Divides by the root of all squared gradients so far: the steps get shorter and shorter.",
     "s \\leftarrow s + g^2\nw \\leftarrow w - \\eta \\cdot \\frac{g}{\\sqrt{s} + \\epsilon}"),
    ("RMSprop", "Divides by the root of a running mean of squared gradients.",
     "v \\leftarrow \\alpha \\cdot v + (1 - \\alpha) \\cdot g^2\nw \\leftarrow w - \\eta \\cdot \\frac{g}{\\sqrt{v} + \\epsilon}"),
    ("Adam", "Running means of the gradient (momentum) and of its square (RMSprop), both corrected for their start at 0; t counts the steps from 1.",
     "m \\leftarrow \\beta_1 \\cdot m + (1 - \\beta_1) \\cdot g\nv \\leftarrow \\beta_2 \\cdot v + (1 - \\beta_2) \\cdot g^2\n"

         "\\hat{m} = \\frac{m}{1 - \\beta_1^t}\n\\hat{v} = \\frac{v}{1 - \\beta_2^t}\n"
     "w \\leftarrow w - \\eta \\cdot \\frac{\\hat{m}}{\\sqrt{\\hat{v}} + \\epsilon}"),
    ("AdamW", "Adam, with the weights shrunk beside the gradient (weight decay λ).",
     "w \\leftarrow w - \\eta \\cdot \\lambda \\cdot w - \\eta \\cdot \\frac{\\hat{m}}{\\sqrt{\\hat{v}} + \\epsilon}"),
    ("step decay", "A schedule that multiplies the learning rate by γ every s epochs.", r"\eta_t = \eta_0 \cdot \gamma^{\lfloor t/s \rfloor}"),
    ("exponential decay", "A schedule that shrinks the learning rate by the same factor each epoch.", r"\eta_t = \eta_0 \cdot e^{-k \cdot t}"),
    ("cosine annealing", "A schedule that goes from the first rate to the last along half a cosine.",
     r"\eta_t = \eta_T + \frac{1}{2} \cdot (\eta_0 - \eta_T) \cdot (1 + \cos(\pi \cdot \frac{t}{T}))"),
    ("warm restart", "A schedule that goes back to its first learning rate every T epochs."),
    ("warm-up", "A schedule that begins with a small share f of the learning rate, and grows to all of it in T epochs.",
     r"\eta_t = \eta_0 \cdot (f + (1 - f) \cdot \min(1, \frac{t}{T}))"),
    ("saddle point", "A point with gradient 0 from which the loss rises in some directions and falls in others."),
    ("local minimum", "A point lower than all near it, and perhaps not the lowest of all."),
    ("plateau", "A flat region: the gradient is nearly 0, and progress stalls."),
    ("Hessian", "The matrix of second derivatives: how each slope changes with each weight."),
    ("Newton's method", "Divides the gradient by the curvature; on a parabola one step reaches the bottom.", r"w \leftarrow w - H^{-1} g"),
    # --- training ---
    ("validation set", "Examples that are never trained on; they show what training does to examples not seen."),
    ("test set", "Examples kept back until everything is decided, and looked at once."),
    ("underfitting", "Bad on the training examples already: the model is too simple, or trained too little."),
    ("overfitting", "Good on the training examples and worse on others: the noise has been learned by heart."),
    ("L2 regularisation", "Adds λ times the sum of squared weights to the loss, which pulls every weight towards 0.",
     r"L \leftarrow L + \lambda \cdot \sum_i w_i^2"),
    ("dropout", "While training, sets each activation to 0 with probability p, and divides the others by 1 − p."),
    ("early stopping", "Stop when the validation loss has not improved for some epochs (the patience), and keep the weights of the best epoch."),
    ("update ratio", "The length of a step divided by the length of the weights; about 0.001 is usual."),
    # --- language ---
    ("token", "A piece of text that a model reads at once: a letter, here."),
    ("embedding", "The vector of parameters that stands for a token."),
    ("attention", "Each token looks at others: the scores of its query with their keys become weights, and the result is the weighted mean of their values.",
     r"a_i = \sum_j \text{softmax}(\frac{q_i \cdot k_j}{\sqrt{d}}) \cdot v_j"),
    ("query, key and value", "Three vectors made of each token by three matrices: what it looks for, what it offers to be found by, what it hands on.",
     "q = W_Q x\nk = W_K x\nv = W_V x"),
    ("mask", "In a model that predicts the next token, a token must not look at later ones: their weights are 0."),
))  # fmt: skip


def define(*terms: str) -> tuple[Definition, ...]:
    """Return the definitions of some terms, for a lesson to tell.

    >>> define("SGD")[0].lines
    ('w ← w − η·g',)
    """
    return tuple(DEFINED[term] for term in terms)
