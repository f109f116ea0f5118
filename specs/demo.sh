#!/usr/bin/env bash
# The walk of `make demo`: one spec, from its first check to its predictions.
set -euo pipefail
cd "$(dirname "$0")/.."

out=demo-output
spec=specs/digits.yaml

step() { printf '\n\033[1m%s\033[0m\n$ %s\n' "$1" "${*:2}"; "${@:2}"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || step() { printf '\n%s\n$ %s\n' "$1" "${*:2}"; "${@:2}"; }

mkdir -p "$out"
[ -f data/digits.npz ] && [ -f data/diabetes.csv ] || step "Real data, which scikit-learn ships, as files" python specs/make_data.py data digits diabetes
step "1. Is the spec right?" modelspec lint "$spec"
step "2. What does it look like?" modelspec plot "$spec" -o "$out/digits.svg" -o "$out/digits.png"
step "3. What is in it?" modelspec summary "$spec"
step "4. Train it" modelspec train "$spec" --runs-dir "$out/runs"
step "5. How good is it on rows that it never saw?" modelspec eval "$out/runs/digits/latest"
step "6. Predict" modelspec predict "$out/runs/digits/latest" --data data/digits.npz -o "$out/predictions.csv"

cat <<END

Done. What lies where:
  $spec                 the spec
  $out/digits.svg, .png          its diagram
  $out/runs/digits/latest/       the run: weights, history.csv, the resolved spec, graph.svg
  $out/predictions.csv           a label and ten probabilities for each image

What to try next (after: source .venv/bin/activate):
  modelspec lint $spec --set layers.conv.padding=valid     break it, and read why
  modelspec train $spec --set params.filters=64 --set train.epochs=5
  modelspec train specs/wide_deep.yaml                           a table with raw columns
  make example NAME=garments                                     numbers, text and pictures to a price
  modelspec plot specs/inception_block.yaml -o inception.html    a page to zoom in
  modelspec render --code specs/residual.yaml                    the PyTorch code of a spec
  modelspec explain Conv2D                                       or: explain MS501
END
