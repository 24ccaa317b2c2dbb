// Labels: places the names beside the bodies so that none covers another name or body. Greedy, the most important body first;
// a name keeps its place while that is free, so that it does not jump about.

const steps = [0, -45, 45, 180, 135, -135, 90, -90];

export function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/** The label's box when it stands in direction `angle` of the body, `gap` away from its disc. */
function boxAt(item, angle, gap) {
  const cos = Math.cos((angle * Math.PI) / 180);
  const sin = Math.sin((angle * Math.PI) / 180);
  const x = item.x + cos * (item.size + gap + item.width / 2);
  const y = item.y + sin * (item.size + gap + item.height / 2);
  return { left: x - item.width / 2, right: x + item.width / 2, top: y - item.height / 2, bottom: y + item.height / 2, x, y };
}

export function discBox({ x, y, size }) {
  return { left: x - size, right: x + size, top: y - size, bottom: y + size };
}

function candidates(item, gap) {
  const places = [];
  for (const far of [0, item.height * 0.9, item.height * 2])
    for (const angle of steps) places.push({ angle, far, box: boxAt(item, angle, gap + far) });
  return places;
}

function cost({ box, far, angle }, item, taken, bounds, last) {
  let sum = far * 0.8 + steps.indexOf(angle) * 0.15;
  for (const other of taken) sum += overlap(box, other) * 10;
  const outside = Math.max(0, bounds.left - box.left, box.right - bounds.right, bounds.top - box.top, box.bottom - bounds.bottom);
  if (last && last.angle === angle && last.far === far) sum -= 1.5;
  // A name that belongs to the sky should stand in it.
  const corner = Math.hypot(Math.max(-box.left, box.right), Math.max(-box.top, box.bottom));
  return sum + outside * 100 + Math.max(0, corner - item.home) * 0.5;
}

/**
 * items: [{name, x, y, size, width, height, home}], the most important first; `home` is how far from the centre a label may
 * reach for nothing. `obstacles` [{x, y, size}] are kept clear too. Returns a Map
 * name -> {x, y, left, right, top, bottom, angle, far}.
 */
export function placeLabels(items, bounds, gap, obstacles, previous = new Map()) {
  const taken = [...items, ...obstacles].map(discBox);
  const placed = new Map();
  items.forEach((item, index) => {
    const others = taken.filter((_, i) => i !== index);
    const best = candidates(item, gap).reduce((least, candidate) => {
      const price = cost(candidate, item, others, bounds, previous.get(item.name));
      return price < least.price ? { ...candidate, price } : least;
    }, { price: Infinity });
    taken.push(best.box);
    placed.set(item.name, { ...best.box, angle: best.angle, far: best.far });
  });
  return placed;
}
