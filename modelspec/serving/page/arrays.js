// Arrays: their shapes, as text, as pictures.
const MOST_CHANNELS = 8, MOST_ZEROS = 200000;

/** The shape of nested lists; empty for a number, nothing where they are unequal. */
export function shapeOf(value) {
  if (!Array.isArray(value)) return [];
  const shapes = value.map(shapeOf);
  const [first] = shapes;
  if (!first || shapes.some(each => String(each) !== String(first) || !each)) return value.length ? null : [0];
  return [value.length, ...first];
}

export function zeros([size, ...rest]) {
  return Array.from({length: size}, () => (rest.length ? zeros(rest) : 0));
}

/** JSON with a line for each innermost list. */
export function written(value, depth = 0) {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const [first] = value;
  if (!Array.isArray(first) || (first.length === 1 && !Array.isArray(first[0]))) return `[${value.map(each => written(each)).join(", ")}]`;
  return `[${value.map(each => written(each, depth + 1)).join(`,\n${" ".repeat(depth + 1)}`)}]`;
}

/** Height, width and channels of what can be looked at; nothing for another shape. */
export function pictureShape(shape) {
  if (!shape || shape.length < 2 || shape.length > 3) return null;
  const [height, width, channels = 1] = shape;
  const seen = channels <= MOST_CHANNELS && Math.min(height, width) > 1 && Math.max(height, width) <= 4096;
  return seen ? [height, width, channels] : null;
}

/** How many pictures an array is: one in colour, else one for each channel. */
export function pictureCount([, , channels]) {
  return [3, 4].includes(channels) ? 1 : channels;
}

/** Paint a picture of an array, its least number black and its largest white. */
export function paint(canvas, value, [height, width, channels], number = 0) {
  const alone = pictureCount([height, width, channels]) > 1 || channels === 1;
  const all = value.flat(2), numbers = alone ? all.filter((_, place) => place % channels === number) : all;
  let low = Infinity, high = -Infinity;
  for (const each of numbers) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${Math.round(width * Math.min(12, 240 / Math.max(width, height)))}px`;
  const drawing = canvas.getContext("2d"), image = drawing.createImageData(width, height);
  for (let place = 0; place < width * height; place++) {
    for (let channel = 0; channel < 3; channel++) {
      const each = alone ? numbers[place] : numbers[place * channels + channel];
      image.data[place * 4 + channel] = high > low ? 255 * (each - low) / (high - low) : 0;
    }
    image.data[place * 4 + 3] = 255;
  }
  drawing.putImageData(image, 0, 0);
  return [low, high];
}

/** Numbers from 0 to `white` of a picture, in the shape of an array. */
export async function numbersOf(file, shape, white) {
  const [height, width, channels] = shape, bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const drawing = canvas.getContext("2d", {willReadFrequently: true});
  drawing.fillRect(0, 0, width, height);
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(bitmap, 0, 0, width, height);
  const {data} = drawing.getImageData(0, 0, width, height);
  const number = byte => Number((byte / 255 * white).toPrecision(4));
  const pixel = at => {
    const colours = [data[at], data[at + 1], data[at + 2]];
    if (channels === 3) return colours.map(number);
    const grey = number(0.299 * colours[0] + 0.587 * colours[1] + 0.114 * colours[2]);
    return channels === 1 ? [grey] : grey;
  };
  return Array.from({length: height}, (_, y) => Array.from({length: width}, (_, x) => pixel((y * width + x) * 4)));
}

/** The buttons under the field of an array; without an example it has zeros, where a request may. */
export function arrayTools(field, most, changed) {
  const {column, control, key, root} = field;
  const shape = column.shape.map((size, axis) => size ?? column.least[axis]);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!control.value && count <= MOST_ZEROS && count * 4 < most) control.defaultValue = written(zeros(shape));
  const canvas = document.getElementById(`${key}-canvas`);
  const show = () => {
    if (!canvas) return;
    let value = null;
    try {
      value = JSON.parse(control.value);
    } catch {
      value = null;
    }
    const seen = pictureShape(shapeOf(value));
    const numbers = seen && pictureCount(seen) === 1 && value.flat(2).every(each => typeof each === "number");
    canvas.hidden = !numbers;
    if (numbers) paint(canvas, value, seen);
  };
  const put = value => {
    control.value = written(value);
    show();
    changed();
  };
  control.addEventListener("input", show);
  root.querySelector("[data-fill]").addEventListener("click", () => {
    put(zeros(shape));
  });
  const file = document.getElementById(`${key}-file`);
  const white = document.getElementById(`${key}-white`);
  const take = async () => {
    if (!file.files.length) return;
    const [height, width, channels = 0] = column.shape;
    const told = root.querySelector(".problem");
    told.hidden = true;
    try {
      put(await numbersOf(file.files[0], [height, width, channels], Number(white.value) || 1));
    } catch (error) {
      told.textContent = `the browser cannot read ${file.files[0].name} as a picture: ${error.message}`;
      told.hidden = false;
    }
  };
  file?.addEventListener("change", take);
  white?.addEventListener("change", take);
  show();
  return show;
}
