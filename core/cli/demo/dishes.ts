/**
 * The demo's classes. A dish is a set of ingredients; sets overlap, and some pairs differ in a single ingredient,
 * so that knowing what is on the plate helps to name it.
 */

export interface Dish {
  readonly name: string;
  /** Three to five names of ingredients. */
  readonly ingredients: readonly string[];
}

function dish(name: string, ...ingredients: string[]): Dish {
  return { name, ingredients };
}

/** The dishes that the shipped small classifier was trained on. */
export const BASE_DISHES: readonly Dish[] = [
  dish('egg fried rice', 'rice', 'egg', 'peas', 'carrot'),
  dish('shrimp fried rice', 'rice', 'shrimp', 'peas', 'carrot'),
  dish('beef noodles', 'noodles', 'beef', 'broccoli', 'chilli'),
  dish('mushroom noodles', 'noodles', 'mushroom', 'broccoli', 'chilli'),
  dish('garden salad', 'lettuce', 'tomato', 'cucumber', 'onion'),
  dish('avocado salad', 'lettuce', 'tomato', 'avocado', 'corn'),
  dish('salmon bowl', 'rice', 'salmon', 'seaweed', 'avocado'),
  dish('tofu bowl', 'rice', 'tofu', 'seaweed', 'cucumber'),
  dish('lemon salmon', 'salmon', 'lemon', 'potato', 'peas'),
  dish('chilli con carne', 'beans', 'beef', 'corn', 'chilli'),
  dish('basil omelette', 'egg', 'mushroom', 'cheese', 'basil'),
  dish('potato hash', 'potato', 'egg', 'onion', 'cheese'),
];

/** The dishes that the demo's user brings: the same ingredients in sets that the classifier has never seen. */
export const NEW_DISHES: readonly Dish[] = [
  dish('tomato egg rice', 'rice', 'egg', 'tomato', 'basil'),
  dish('tomato tofu rice', 'rice', 'tofu', 'tomato', 'basil'),
  dish('shrimp noodles', 'noodles', 'shrimp', 'mushroom', 'chilli'),
  dish('tofu noodles', 'noodles', 'tofu', 'mushroom', 'chilli'),
  dish('beef and mushroom noodles', 'noodles', 'beef', 'mushroom', 'chilli'),
  dish('ramen', 'noodles', 'egg', 'seaweed', 'corn'),
  dish('burrito bowl', 'beans', 'corn', 'avocado', 'onion'),
  dish('cheese and beans', 'beans', 'corn', 'cheese', 'onion'),
  dish('salmon salad', 'lettuce', 'salmon', 'cucumber', 'lemon'),
  dish('shrimp salad', 'lettuce', 'shrimp', 'cucumber', 'lemon'),
  dish('beef and potatoes', 'potato', 'broccoli', 'carrot', 'beef'),
  dish('vegetable plate', 'potato', 'broccoli', 'carrot', 'peas'),
];

export const DISHES: readonly Dish[] = [...BASE_DISHES, ...NEW_DISHES];
