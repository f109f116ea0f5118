#!/usr/bin/env bash
# `make example NAME=reviews`: one spec with data of its own, from its data to its predictions.
set -euo pipefail
cd "$(dirname "$0")/.."

names="digits breast_cancer diabetes customers garments reviews dates siamese_digits transfer weighted_ensemble digits_tune"
[ $# = 1 ] || { echo "which one? make example NAME=...: $names" >&2; exit 2; }

name=$1
out=demo-output
spec=specs/$name.yaml
file=data/$name.csv

step() { printf '\n$ %s\n' "$*"; "$@"; }

mkdir -p "$out"
if [ "$name" = weighted_ensemble ]; then
  step python specs/make_data.py data digits
  step modelspec lint --data "$spec"
  for member in digits digits_wide_deep; do
    step modelspec train "specs/$member.yaml" --runs-dir "$out/runs" --quiet
  done
  step modelspec ensemble digits digits_wide_deep --weights fit --calibrate \
    --runs-dir "$out/runs" --name "$name"
  step modelspec eval "$out/runs/$name/latest"
  step modelspec predict "$out/runs/$name/latest" --data data/digits.npz -o "$out/$name.csv"
  step head -4 "$out/$name.csv"
  exit
fi
if [ "$name" = digits_tune ]; then
  step python specs/make_data.py data digits
  step modelspec lint --data --space "$spec"
  step modelspec tune "$spec" --dry-run
  step modelspec tune "$spec" --workers 2 --runs-dir "$out/runs"
  best=$out/runs/$name/latest/best.yaml
  diff "$spec" "$best" || true
  step modelspec lint --data "$best"
  exit
fi
step python specs/make_data.py data "$name"
[ -f "$file" ] || file=data/$name.npz
if [ "$name" = transfer ]; then
  step modelspec import keras tests/golden/keras/mobilenet.keras -o specs/mobilenet --force
fi
step modelspec lint --data "$spec"
step modelspec train "$spec" --runs-dir "$out/runs"
step modelspec eval "$out/runs/$name/latest"
step modelspec predict "$out/runs/$name/latest" --data "$file" -o "$out/$name.csv"
step head -4 "$out/$name.csv"
if [ "$name" = transfer ]; then
  first=$(cd "$out/runs/transfer/latest" && pwd -P)
  step modelspec train "$spec" --runs-dir "$out/runs" --set "train.weights=$first" \
    --set 'train.freeze=[]' --set train.learning_rate=0.0005
  step modelspec eval "$out/runs/transfer/latest"
fi
