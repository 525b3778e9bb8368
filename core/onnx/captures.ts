import { ATTRIBUTE, GRAPH, NODE, SPARSE_TENSOR, TENSOR, VALUE_INFO } from './schema.ts';
import { type ByteSource, memorySource } from './source.ts';
import { type Field, readFields, text } from './wire.ts';

/** Names that a body (the bytes of its GraphProto) reads from the graphs around it, each once, in order of use. */
export function capturesOf(body: Uint8Array): string[] {
  const source = memorySource(body, 'a graph attribute');
  return [...freeNames(source, 0, source.size)];
}

function freeNames(source: ByteSource, start: number, end: number): Set<string> {
  const fields = readFields(source, start, end, 'graph attribute');
  const defined = new Set<string>();
  const free = new Set<string>();
  const nameIn = (field: Field, number: number): string => {
    const part = readFields(source, field.body, field.end, 'graph attribute').find(
      (f) => f.number === number,
    );
    return part ? text(source, part) : '';
  };
  for (const field of fields) {
    if (field.number === GRAPH.input) defined.add(nameIn(field, VALUE_INFO.name));
    else if (field.number === GRAPH.initializer) defined.add(nameIn(field, TENSOR.name));
    else if (field.number === GRAPH.sparseInitializer)
      for (const part of readFields(source, field.body, field.end, 'sparse tensor'))
        if (part.number === SPARSE_TENSOR.values) defined.add(nameIn(part, TENSOR.name));
  }
  const read = (name: string): void => {
    if (name !== '' && !defined.has(name)) free.add(name);
  };
  for (const field of fields) {
    if (field.number !== GRAPH.node) continue;
    const parts = readFields(source, field.body, field.end, 'node');
    for (const part of parts) {
      if (part.number === NODE.input) read(text(source, part));
      else if (part.number === NODE.attribute)
        for (const inner of readFields(source, part.body, part.end, 'attribute'))
          if (inner.number === ATTRIBUTE.graph || inner.number === ATTRIBUTE.graphs)
            for (const name of freeNames(source, inner.body, inner.end)) read(name);
    }
    for (const part of parts) if (part.number === NODE.output) defined.add(text(source, part));
  }
  for (const field of fields) if (field.number === GRAPH.output) read(nameIn(field, VALUE_INFO.name));
  return free;
}

/** The op and domain of every node in a body, those of bodies inside it included. */
export function operatorsIn(body: Uint8Array): { op: string; domain: string }[] {
  const source = memorySource(body, 'a graph attribute');
  const found: { op: string; domain: string }[] = [];
  const visit = (start: number, end: number): void => {
    for (const field of readFields(source, start, end, 'graph attribute')) {
      if (field.number !== GRAPH.node) continue;
      let op = '';
      let domain = '';
      for (const part of readFields(source, field.body, field.end, 'node')) {
        if (part.number === NODE.opType) op = text(source, part);
        else if (part.number === NODE.domain) domain = text(source, part);
        else if (part.number === NODE.attribute)
          for (const inner of readFields(source, part.body, part.end, 'attribute'))
            if (inner.number === ATTRIBUTE.graph || inner.number === ATTRIBUTE.graphs)
              visit(inner.body, inner.end);
      }
      found.push({ op, domain: domain === 'ai.onnx' ? '' : domain });
    }
  };
  visit(0, source.size);
  return found;
}
