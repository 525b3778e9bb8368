/** What TensorFlow takes for a node's name; '-' at the start and ':' anywhere mean something else to TensorFlow.js. */
const LEGAL = /^[A-Za-z0-9.][A-Za-z0-9_./>-]*$/;

/** The name itself where it is a legal TensorFlow name, else the nearest one. */
export function legalName(name: string): string {
  if (LEGAL.test(name)) return name;
  const replaced = name.replaceAll(/[^A-Za-z0-9_./>-]/g, '_').replace(/^[^A-Za-z0-9.]+/, '');
  return replaced === '' ? 'value' : replaced;
}
