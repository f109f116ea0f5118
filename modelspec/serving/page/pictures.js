// Pictures: chosen or dropped, looked at, made smaller.
const LARGEST = 512;

function read(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const factor = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const drawing = canvas.getContext("2d");
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise(resolve => canvas.toBlob(resolve, "image/png"));
  return {blob, size: `${canvas.width} × ${canvas.height}`};
}

/** Wires the field of a picture; `most` is how many bytes a request may have. */
export function pictureField(field, most, changed) {
  const {control, key, root} = field;
  const picture = document.getElementById(`${key}-picture`);
  const told = document.getElementById(`${key}-file`);
  const shrink = root.querySelector("[data-shrink]");
  const drop = root.querySelector(".drop");
  const example = picture.getAttribute("src");
  let given = null;

  const put = async (blob, said) => {
    const address = await read(blob);
    picture.src = address;
    told.textContent = said;
    shrink.hidden = address.length < most;
    if (!shrink.hidden) told.textContent += `; more than a request may have, ${most.toLocaleString("en")} bytes`;
    changed();
  };
  const take = async file => {
    given = file;
    await put(file, `${file.name}, ${file.size.toLocaleString("en")} bytes`);
  };
  control.addEventListener("change", () => control.files.length && take(control.files[0]));
  shrink.addEventListener("click", async () => {
    try {
      const {blob, size} = await smaller(given);
      await put(blob, `${given.name}, made smaller here: ${size} pixels, ${blob.size.toLocaleString("en")} bytes`);
    } catch (error) {
      told.textContent = `the browser cannot make ${given.name} smaller: ${error.message}`;
    }
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, event => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", event => {
    event.preventDefault();
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (!file) return;
    control.files = event.dataTransfer.files;
    take(file);
  });
  return () => {
    picture.src = example;
    told.textContent = "";
    shrink.hidden = true;
    given = null;
  };
}
