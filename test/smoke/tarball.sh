#!/usr/bin/env bash
# Installs the packed package into an empty folder and uses it as a stranger would: the command and the import.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cd "$project"
tarball=$(npm pack --silent --pack-destination "$folder")
cd "$folder"
npm init -y >/dev/null
ONNXRUNTIME_NODE_INSTALL=skip npm install --no-audit --no-fund --silent "./$tarball"
npx marnet-wrap --help >help.txt
grep -q 'marnet-wrap' help.txt

npx marnet-wrap demo --write-example example
npx marnet-wrap example/model.onnx --data example/dishes --out merged.onnx --epochs 5 --seed 1
test -s merged.onnx
npx marnet-wrap inspect merged.onnx >inspected.txt
npx marnet-wrap predict merged.onnx example/dishes/*.jpg >predicted.txt
test -s predicted.txt

# The other format, there and back.
npx marnet-wrap example/model.onnx --data example/dishes --out web --to tfjs --epochs 2 --no-compare --seed 1
test -s web/model.json
npx marnet-wrap inspect web >inspected.txt
grep -q 'tfjs' inspected.txt
npx marnet-wrap predict web example/dishes/*.jpg >predicted.txt
test -s predicted.txt

cat >use.mjs <<'JS'
import { loadModel, locateFeatures } from 'marnet-wrap';
const [site] = locateFeatures(await loadModel('example/model.onnx'));
if (!(site.width > 0)) throw new Error('no feature site');
JS
node use.mjs
echo 'the packed package works in an empty folder'
