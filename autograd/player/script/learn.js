// Training: both passes over a batch, and what an optimizer does with the gradients. What it is given is told in
// autograd/player/training_data.py; `aheadRow`, `backRow` and `updateBy` are made from the table and from nn.optim's rules.

const BEGINS = 0; // of an optimizer's two updates: at its first step, when it remembers nothing, and later
const GOES_ON = 1;

class Learner {
  constructor(told) {
    this.told = told;
    this.data = told.data.map(([inputs, targets]) => ({ inputs, targets }));
    this.rows = Int32Array.from(told.rows);
    this.parents = Int32Array.from(told.parents.flat());
    this.start = new Int32Array(told.rows.length + 1);
    told.parents.forEach((own, i) => { this.start[i + 1] = this.start[i] + own.length; });
    for (const part of ["shared", "varying", "answering", "inputs", "targets", "outputs", "parameters"]) this[part] = Int32Array.from(told[part]);
    this.V = Float64Array.from(told.values, asNumber); // the number of each node, for the example at hand
    this.G = new Float64Array(told.rows.length); // gradients: of what varies, of this example; of the rest, added up over the batch
    this.ofExample = Int32Array.from([...this.varying, ...this.inputs, ...this.targets]);
    this.gradients = new Float64Array(this.parameters.length);
    this.optimizer = told.optimizer;
    this.begin(told.starts[0]);
  }

  // Begin anew, with these numbers in the parameters.
  begin(numbers) {
    this.W = Float64Array.from(numbers, asNumber);
    this.losses = [];
    this.trail = [[...this.W]]; // where two parameters have been
    this.next = 0;
    this.choose(this.optimizer);
  }

  // Go on with an optimizer, which remembers nothing yet.
  choose(optimizer) {
    this.optimizer = optimizer;
    this.memories = Array.from({ length: this.told.optimizers[optimizer].memories }, () => new Float64Array(this.W.length));
    this.when = BEGINS;
  }

  forward(order) {
    const { rows, parents, start, V } = this;
    for (let k = 0; k < order.length; k++) {
      const node = order[k];
      try {
        V[node] = aheadRow(rows[node], parents, start[node], V);
      } catch (error) {
        throw new Refused(refusal(error, this.told.texts[rows[node]], Array.from(parents.slice(start[node], start[node + 1]), (parent) => V[parent])));
      }
    }
  }

  backward(order) {
    const { rows, parents, start, V, G } = this;
    for (let k = order.length - 1; k >= 0; k--) {
      const node = order[k];
      backRow(rows[node], parents, start[node], V, G, node);
    }
  }

  put(nodes, numbers) {
    for (let i = 0; i < nodes.length; i++) this.V[nodes[i]] = numbers[i];
  }

  // Put the parameters' numbers in, and compute what is the same for all examples.
  prepare() {
    this.put(this.parameters, this.W);
    this.forward(this.shared);
  }

  // Both passes over a batch: the mean loss, and its gradients.
  bothPasses(batch) {
    const { V, G, told: { root }, ofExample } = this;
    let total = 0;
    this.prepare();
    G.fill(0);
    for (const { inputs, targets } of batch) {
      this.put(this.inputs, inputs);
      this.put(this.targets, targets);
      this.forward(this.varying);
      for (let k = 0; k < ofExample.length; k++) G[ofExample[k]] = 0;
      total += V[root];
      G[root] += 1;
      this.backward(this.varying);
    }
    this.backward(this.shared);
    for (let i = 0; i < this.parameters.length; i++) this.gradients[i] = G[this.parameters[i]] / batch.length;
    return total / batch.length;
  }

  // The next examples of the data, in their order, and from the beginning again; a size of 0 is all of them.
  batch(size) {
    const { data } = this;
    if (size === 0 || size >= data.length) return data;
    return Array.from({ length: size }, (_, i) => data[(this.next + i) % data.length]);
  }

  // One step, and the loss before it. A step to what is no finite number is refused, and changes nothing.
  step(rate, size = 0) {
    const loss = this.bothPasses(this.batch(size));
    const [W, M] = [this.W.slice(), this.memories.map((memory) => memory.slice())];
    updateBy(2 * this.optimizer + this.when, W, this.gradients, M, rate);
    if (!Number.isFinite(loss) || !W.every(Number.isFinite)) throw new Refused("The loss or a parameter is no longer a finite number: the steps are too large. Take a smaller rate, and a new start.");
    Object.assign(this, { W, memories: M, when: GOES_ON, next: (this.next + size) % this.data.length });
    this.losses.push(loss);
    if (W.length === 2) this.trail.push([...W]);
    return loss;
  }

  // The outputs for each of these inputs.
  answers(all) {
    this.prepare();
    return all.map((inputs) => {
      this.put(this.inputs, inputs);
      this.forward(this.answering);
      return Array.from(this.outputs, (node) => this.V[node]);
    });
  }

  // The mean loss over all data, with the numbers of now.
  loss() {
    this.prepare();
    let total = 0;
    for (const { inputs, targets } of this.data) {
      this.put(this.inputs, inputs);
      this.put(this.targets, targets);
      this.forward(this.varying);
      total += this.V[this.told.root];
    }
    return total / this.data.length;
  }
}
