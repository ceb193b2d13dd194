// The loss over the parameter that was touched last, with its tangent; what a change was predicted to do, and did.

function showCurve() {
  $("curve").hidden = true;
}
