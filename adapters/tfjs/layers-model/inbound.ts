/**
 * Which values a layer is called on. Keras 2 and tfjs-layers write a call as a list of [layer, node, tensor, options];
 * Keras 3 as the call's arguments, with tensors as objects that hold [layer, node, tensor] in `keras_history`.
 */
import { arrayOf, isObject, type Json, type JsonObject, objectOf } from './json.ts';

/** Output `tensor` of the layer's call number `node`. */
export interface TensorRef {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;
}

export interface Call {
  /** Values, and numbers where an operator is called with them. */
  readonly inputs: readonly (TensorRef | number)[];
  /** Named arguments. */
  readonly options: JsonObject;
}

export function callsOf(inboundNodes: Json): readonly Call[] {
  return arrayOf(inboundNodes).map((node): Call => {
    if (isObject(node)) return { inputs: argumentsOf(node.args ?? []), options: objectOf(node.kwargs) };
    const list = arrayOf(node);
    // Operators on values (class TFOpLambda) have one input written flat, and the other among the named arguments.
    if (typeof list[0] === 'string') {
      const options = objectOf(list[3]);
      return { inputs: [...tensorRefs(list), ...argumentsOf(options.y)], options };
    }
    const entries = list.map(arrayOf);
    return {
      inputs: entries.flatMap((entry) => tensorRefs([entry])),
      options: Object.assign({}, ...entries.map((entry) => objectOf(entry[3]))),
    };
  });
}

/** References written as ['layer', 0, 0], a list of such, or an object of them by name. */
export function tensorRefs(value: Json): readonly TensorRef[] {
  if (Array.isArray(value) && typeof value[0] === 'string')
    return [{ layer: value[0], node: Number(value[1] ?? 0), tensor: Number(value[2] ?? 0) }];
  if (Array.isArray(value)) return value.flatMap(tensorRefs);
  return isObject(value) ? Object.values(value).flatMap(tensorRefs) : [];
}

/** All tensors and numbers among the arguments of a call, lists opened, in order. */
function argumentsOf(value: Json): readonly (TensorRef | number)[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value) && typeof value[0] === 'string') return tensorRefs(value);
  if (Array.isArray(value)) return value.flatMap(argumentsOf);
  const history = isObject(value) ? objectOf(value.config).keras_history : undefined;
  return history === undefined ? [] : tensorRefs(history);
}
