// Arrays: their shapes, as text, as pictures.

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
  const seen = [1, 3, 4].includes(channels) && Math.min(height, width) > 1 && Math.max(height, width) <= 4096;
  return seen ? [height, width, channels] : null;
}

/** Paint an array, its least number black and its largest white. */
export function paint(canvas, value, [height, width, channels]) {
  const numbers = value.flat(2);
  let low = Infinity, high = -Infinity;
  for (const each of numbers) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${Math.min(320, Math.max(96, width * 4))}px`;
  const drawing = canvas.getContext("2d"), image = drawing.createImageData(width, height);
  for (let place = 0; place < width * height; place++) {
    for (let channel = 0; channel < 3; channel++) {
      const each = numbers[place * channels + (channels === 1 ? 0 : channel)];
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

/** The buttons under the field of an array. */
export function arrayTools(field, changed) {
  const {column, control, key, root} = field;
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
    const numbers = seen && value.flat(2).every(each => typeof each === "number");
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
    put(zeros(column.shape.map((size, axis) => size ?? column.least[axis])));
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
