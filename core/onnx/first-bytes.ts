/** What a file is by its first bytes, for messages about files that are no ONNX model. */

const SIGNATURES: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['a JPEG image', 0, '\xff\xd8\xff'],
  ['a PNG image', 0, '\x89PNG'],
  ['a GIF image', 0, 'GIF8'],
  ['a WebP image', 8, 'WEBP'],
  ['a NumPy array', 0, '\x93NUMPY'],
  ['an HDF5 file (Keras)', 0, '\x89HDF'],
  ['a gzip archive', 0, '\x1f\x8b'],
  ['a PDF document', 0, '%PDF'],
  ['a TensorFlow Lite model', 4, 'TFL3'],
  ['a model in ORT format', 4, 'ORTM'],
  ['a GGUF model', 0, 'GGUF'],
  ['a pickle (PyTorch or Python)', 0, '\x80\x02'],
  ['a pickle (PyTorch or Python)', 0, '\x80\x03'],
  ['a pickle (PyTorch or Python)', 0, '\x80\x04'],
  ['a pickle (PyTorch or Python)', 0, '\x80\x05'],
  ['a Git LFS pointer', 0, 'version https://git-lfs'],
];

const HINTS: readonly (readonly [word: string, hint: string])[] = [
  ['PyTorch', 'Export it to ONNX first: torch.onnx.export(model, input, "model.onnx").'],
  ['TensorFlow Lite', 'Convert it to ONNX first, for example with tf2onnx.'],
  ['Keras', 'Convert it to ONNX first, for example with tf2onnx.'],
  ['ORT format', 'Use the .onnx file that it was made from.'],
  ['Git LFS', 'Fetch the real file with "git lfs pull".'],
  ['HTML', 'A download probably ended on a web page: fetch the file itself.'],
];

/** @returns a name such as 'a JPEG image', or undefined when the bytes may well be ONNX or are nothing known. */
export function describeBytes(head: Uint8Array): string | undefined {
  const latin = Buffer.from(head.subarray(0, 512)).toString('latin1');
  if (latin.startsWith('PK\x03\x04'))
    return /\.pkl|\/data\/|archive\//.test(latin) ? 'a zip archive (PyTorch)' : 'a zip archive';
  for (const [name, offset, bytes] of SIGNATURES) if (latin.startsWith(bytes, offset)) return name;
  // The length of its header in 8 bytes, then JSON: safetensors.
  if (latin.slice(8).startsWith('{"')) return 'a safetensors file (PyTorch)';
  const start = latin.trimStart().toLowerCase();
  if (start.startsWith('<!doctype') || start.startsWith('<html') || start.startsWith('<?xml'))
    return 'an HTML page';
  if (start.startsWith('{') || start.startsWith('[')) return 'JSON';
  // ONNX's text form, or any other text.
  if (latin.length > 0 && /^[\t\n\r\x20-\x7e]+$/.test(latin)) return 'plain text';
  return undefined;
}

export function hintFor(description: string): string {
  return (
    HINTS.find(([word]) => description.includes(word))?.[1] ??
    'Give the path of an .onnx file, or of a TensorFlow.js model.json or its folder.'
  );
}

/** A ModelProto nearly always begins with its IR version: field 1, an integer below 128. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  return head[0] === 0x08 && head[1]! > 0 && head[1]! < 0x80;
}
