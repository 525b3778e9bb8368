"""Takes the weights out of a TensorFlow.js model and leaves what is needed to draw others like them.

usage: strip_tfjs.py FROM TO    the models that test/judges/keras_applications.py wrote into FROM, as TO/NAME-layers and
                                TO/NAME-graph: fixtures/keras

A folder gets model.json.gz, whose manifest has "seeded MEAN STD MIN MAX" for each weight that was left out, and
weights.bin.gz with the others; fixtures/seeded.ts reads both. Constants of few values and integers stay.
"""
import gzip
import json
import os
import sys

import numpy as np

SMALL = 32


def pack(file, text):
    with open(file, 'wb') as out:
        out.write(gzip.compress(text, 9, mtime=0))
    return os.path.getsize(file)


def strip(made, folder):
    content = json.load(open(os.path.join(made, 'model.json')))
    kept = b''
    for group in content['weightsManifest']:
        run = b''.join(open(os.path.join(made, path), 'rb').read() for path in group['paths'])
        group['paths'] = ['weights.bin']
        at = 0
        for weight in group['weights']:
            size = int(np.prod(weight['shape'])) * 4
            part = run[at:at + size]
            at += size
            values = np.frombuffer(part, np.float32 if weight['dtype'] == 'float32' else np.int32)
            if weight['dtype'] != 'float32' or values.size < SMALL or len(np.unique(values)) < values.size // 4:
                kept += part
            else:
                v = values.astype(np.float64)
                weight['seeded'] = ' '.join(f'{n:.6g}' for n in (v.mean(), v.std(), v.min(), v.max()))
        assert at == len(run)
    size = pack(os.path.join(folder, 'model.json.gz'), json.dumps(content, separators=(',', ':')).encode())
    return size + pack(os.path.join(folder, 'weights.bin.gz'), kept)


if __name__ == '__main__':
    source, target = sys.argv[1:]
    for name in sorted(os.listdir(source)):
        for kind in ('graph', 'layers'):
            place = os.path.join(target, f'{name}-{kind}')
            os.makedirs(place, exist_ok=True)
            print(f'{place}: {strip(os.path.join(source, name, kind), place)} bytes', flush=True)
