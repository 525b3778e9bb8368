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

# The matrix, by the commands of the documented workflow: one JSON object a line, and exit code 1 for what fails.
venv=${TMPDIR:-/tmp}/marnet-onnx-venv
if [ -x "$venv/bin/pip" ]; then tools=$venv/bin
else
  echo 'no virtual environment: the workflow installs no onnx'
  tools=$folder/tools
  mkdir tools
  ln -s "$(command -v true)" tools/pip
fi
mkdir models
cp example/model.onnx models/
(cd "$project" && node --import tsx test/docs/read-workflows.ts --commands) >workflow.sh
PATH=$tools:$PATH ONNXRUNTIME_NODE_INSTALL=skip bash -e workflow.sh
node -e '
  const [line, ...more] = require("fs").readFileSync("matrix.jsonl", "utf8").trim().split("\n");
  const { cells } = JSON.parse(line);
  if (more.length > 0 || cells.full.result !== "yes" || cells.tfjs.result !== "yes") process.exit(1);
'
echo 'no model' >models/broken.onnx
if grep marnet-wrap workflow.sh | bash -e 2>errors.txt; then exit 1; fi
grep -q 'broken.onnx, import: ' errors.txt

# The other format, there and back.
npx marnet-wrap example/model.onnx --data example/dishes --out web --to tfjs --epochs 2 --no-compare --seed 1
test -s web/model.json
npx marnet-wrap inspect web >inspected.txt
grep -q 'tfjs' inspected.txt
npx marnet-wrap predict web example/dishes/*.jpg >predicted.txt
test -s predicted.txt

# A program of its user's own, with a client of the merged model.
npx marnet-wrap client merged.onnx --out classifier.ts
npx marnet-wrap client web --out web-classifier.ts
cat >use-client.ts <<'TS'
import { readdirSync } from 'node:fs';
import { createClassifier, labels } from './classifier.ts';

const classifier = await createClassifier('merged.onnx');
const files = readdirSync('example/dishes').filter((name) => name.endsWith('.jpg'));
const said = await classifier.classifyAll(files.map((name) => `example/dishes/${name}`));
await classifier.dispose();
if (said.length !== files.length || !said.every(({ label }) => labels.includes(label))) throw new Error('no labels');
TS
npx jiti use-client.ts

# An adapter that somebody else published: packed, installed, found by its keyword.
mkdir published
cat >published/package.json <<'JSON'
{ "name": "dish-net-adapter", "version": "1.0.0", "type": "module", "exports": "./adapter.js", "keywords": ["marnet-wrap-adapter"] }
JSON
cat >published/adapter.js <<'JS'
import { defineAdapter } from 'marnet-wrap';

export default defineAdapter({
  name: 'dish-net',
  specificity: 100,
  matches: (graph) => ({ matches: graph.outputs.length === 1, because: 'it has one output' }),
  stages: (graph) => [[...graph.constants.keys()]],
});
JS
(cd published && npm pack --silent --pack-destination ..)
ONNXRUNTIME_NODE_INSTALL=skip npm install --no-audit --no-fund --silent ./dish-net-adapter-1.0.0.tgz
npx marnet-wrap inspect example/model.onnx >inspected.txt
grep -q 'dish-net (dish-net-adapter@1.0.0), because it has one output' inspected.txt
npx marnet-wrap scaffold example/model.onnx --out my.adapter.ts
npx marnet-wrap inspect example/model.onnx --adapter my.adapter.ts >inspected.txt
grep -q 'my (my.adapter.ts)' inspected.txt

cat >use.mjs <<'JS'
import { loadModel, locateFeatures } from 'marnet-wrap';
const [site] = locateFeatures(await loadModel('example/model.onnx'));
if (!(site.width > 0)) throw new Error('no feature site');
JS
node use.mjs
echo 'the packed package works in an empty folder'
