/** Values of a Keras configuration as JSON has them. */
export type Json = unknown;
/** An object of a Keras configuration, as JSON has it. */
export type JsonObject = Readonly<Record<string, Json>>;

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one for anything else. */
export function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

export function arrayOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
