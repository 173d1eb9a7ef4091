// The viewer of report.html: slices and a render by NiiVue, linked with the page's tables, the values of all maps and the
// forest plot of the nearest stored place. Everything it shows is in the page; nothing is loaded from elsewhere.
// The format of its data is told in Sources/Reporting/Viewer/ViewerPayload.swift.
(() => {
  "use strict";
  const root = document.getElementById("viewer-body");
  if (!root) return;
  const element = name => document.getElementById("viewer-" + name);
  const [canvas, modelBox, mapBox, slider, number, mark, onlyCorrected, showPeaks, readout, clusterTable, forest, status] =
    ["canvas", "model", "map", "threshold", "number", "mark", "corrected", "peaks", "readout", "clusters", "forest", "status"]
      .map(element);

  // ---- Unpacking

  const bytes = base64 => Uint8Array.from(atob(base64), c => c.charCodeAt(0));

  const unpacked = async base64 => {
    const stream = new Blob([bytes(base64)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  // Integers of two planes (low bytes, then high bytes), zigzag-coded; differences along the mask where `delta` says so.
  const integers = async map => {
    const data = await unpacked(map.data), count = data.length / 2, levels = new Int16Array(count);
    let last = 0;
    for (let n = 0; n < count; n++) {
      const code = data[n] | data[count + n] << 8, value = (code >>> 1) ^ -(code & 1);
      last = map.delta ? (last + value) << 16 >> 16 : value;
      levels[n] = last;
    }
    return levels;
  };

  // The box positions of the mask's voxels, from the lengths of runs outside and inside.
  const positions = async space => {
    if (space.positions) return space.positions;
    const runs = new Uint32Array((await unpacked(space.runs)).buffer), found = [];
    let at = 0;
    runs.forEach((length, n) => {
      if (n % 2) for (let k = 0; k < length; k++) found.push(at + k);
      at += length;
    });
    space.positions = Uint32Array.from(found);
    space.lookup = new Int32Array(at).fill(-1);
    space.positions.forEach((box, n) => { space.lookup[box] = n; });
    return space.positions;
  };

  const MISSING = -32768;

  // Stored values per mask voxel; NaN where there is none.
  const stored = async map =>
    map.stored ??= Float64Array.from(await integers(map), q => q === MISSING ? NaN : q * map.step);

  // An overlay as it is drawn: of corrected p the −log₁₀, with the sign of the effect.
  const values = async one => {
    if (one.values) return one.values;
    const some = await stored(one.map);
    one.values = one.kind === "corrected" ? some.map(p => p === 0 ? NaN : -Math.sign(p) * Math.log10(Math.abs(p))) : some;
    return one.values;
  };

  const inverse = rows => {
    const [[a, b, c, p], [d, e, f, q], [g, h, i, r]] = rows;
    const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    const m = [[e * i - f * h, c * h - b * i, b * f - c * e], [f * g - d * i, a * i - c * g, c * d - a * f],
      [d * h - e * g, b * g - a * h, a * e - b * d]].map(row => row.map(v => v / det));
    return mm => m.map(row => row[0] * (mm[0] - p) + row[1] * (mm[1] - q) + row[2] * (mm[2] - r));
  };

  // Which mask voxel holds a coordinate, −1 for none.
  const voxelAt = (space, mm) => {
    space.toVoxel ??= inverse(space.affine);
    const [i, j, k] = space.toVoxel(mm).map(Math.round), [nx, ny, nz] = space.shape;
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return -1;
    return space.lookup[i + nx * (j + ny * k)];
  };

  // A NIfTI-1 file in single precision around values of the space's box.
  const nifti = (space, box) => {
    const buffer = new ArrayBuffer(352 + 4 * box.length), view = new DataView(buffer), [nx, ny, nz] = space.shape;
    view.setInt32(0, 348, true);
    [3, nx, ny, nz, 1, 1, 1, 1].forEach((v, n) => view.setInt16(40 + 2 * n, v, true));
    view.setInt16(70, 16, true);
    view.setInt16(72, 32, true);
    const size = n => Math.hypot(...space.affine.map(row => row[n]));
    [1, size(0), size(1), size(2), 1, 1, 1, 1].forEach((v, n) => view.setFloat32(76 + 4 * n, v, true));
    view.setFloat32(108, 352, true);
    view.setFloat32(112, 1, true);
    view.setUint8(123, 2);
    view.setInt16(254, 4, true);
    space.affine.flat().forEach((v, n) => view.setFloat32(280 + 4 * n, v, true));
    [0x6e, 0x2b, 0x31, 0].forEach((v, n) => view.setUint8(344 + n, v));
    new Float32Array(buffer, 352).set(box);
    return buffer;
  };

  const boxed = async (space, some) => {
    const box = new Float32Array(space.shape[0] * space.shape[1] * space.shape[2]);
    (await positions(space)).forEach((at, n) => { box[at] = Number.isNaN(some[n]) ? 0 : some[n]; });
    return box;
  };

  // ---- State

  let data, nv, overlay, model, map, place = [0, 0, 0], points = null, busy = Promise.resolve();

  const corrected = () => model.maps.find(one => one.kind === "corrected");

  const fixed = (value, decimals) => value.toFixed(decimals).replace("-", "\u2212");

  // With the decimals that the rounding of the map bears.
  const shown = (one, value) => {
    if (Number.isNaN(value)) return "no value";
    if (one.kind !== "corrected") return fixed(value, Math.max(0, Math.ceil(-Math.log10(one.map.step) - 1e-9)));
    const p = 10 ** -Math.abs(value);
    return `${p.toPrecision(2)}${p < 1 ? value < 0 ? ", below zero" : ", above zero" : ""}`;
  };

  const threshold = () => Number(slider.value);

  // ---- Overlay

  const drawn = async () => {
    let some = await values(map);
    if (onlyCorrected.checked && corrected()) {
      const p = await stored(corrected().map);
      some = some.map((v, n) => Math.abs(p[n]) <= model.level + 1e-9 ? v : 0);
    }
    return boxed(data.spaces[model.space], some);
  };

  const paint = async () => {
    const space = data.spaces[model.space], isSigned = map.kind !== "positive", box = await drawn();
    // A hair above zero, so that voxels outside the mask stay clear.
    const low = Math.max(threshold() - 1e-6, map.kind === "corrected" ? 1e-3 : map.map.step / 4), high = Math.max(map.end, 1.2 * low);
    if (overlay && overlay.space !== model.space) {
      nv.removeVolume(overlay.image);
      overlay = null;
    }
    if (!overlay) {
      const image = await niivue.NVImage.loadFromUrl({
        url: "overlay.nii", name: "overlay.nii", buffer: nifti(space, box), colormap: "cuneus_warm", opacity: 0.9 });
      overlay = { image, space: model.space };
      nv.addVolume(image);
    }
    const image = overlay.image;
    image.img.set(box);
    image.colormap = isSigned ? "cuneus_warm" : "cuneus_amount";
    image.colormapNegative = isSigned ? "cuneus_cool" : "";
    [image.cal_min, image.cal_max, image.cal_minNeg, image.cal_maxNeg] = [low, high, isSigned ? -low : NaN, isSigned ? -high : NaN];
    nv.updateGLVolume();
    let count = 0;
    box.forEach(v => { if ((isSigned ? Math.abs(v) : v) >= low) count++; });
    root.dataset.shown = count;
    status.textContent = `${map.name}: ${count.toLocaleString("en")} voxels shown at or beyond ${map.kind === "corrected" ? "p = " + (10 ** -threshold()).toPrecision(2) : threshold()}`
      + (onlyCorrected.checked && corrected() ? ", of those that survive the correction" : "") + ".";
  };

  // One change after the other, so that a slow one never paints over a later one.
  const repaint = () => (busy = busy.then(paint).catch(problem));

  const chooseMap = index => {
    map = model.maps[index];
    mapBox.value = String(index);
    slider.max = number.max = map.largest;
    slider.step = number.step = 0.01 * 10 ** Math.min(0, Math.floor(Math.log10(map.largest)));
    slider.value = number.value = map.start.toPrecision(3);
    element("marks").replaceChildren(...map.marks.map(m => new Option(m.label, m.value)));
    mark.replaceChildren(...map.marks.filter(m => m.value <= map.largest).map(m => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = m.label;
      button.onclick = () => { slider.value = number.value = m.value.toPrecision(3); repaint(); };
      return button;
    }));
    element("about").textContent = `${map.description} (${map.units}). `
      + (map.error < 1e-6 ? "Values are those of the map's file." : `Values are within ${map.error.toPrecision(1)} of those of the map's file.`);
    return repaint();
  };

  const chooseModel = async (index, keepsPlace) => {
    model = data.models[index];
    modelBox.value = String(index);
    mapBox.replaceChildren(...model.maps.map((one, n) => new Option(one.name, n)));
    onlyCorrected.disabled = !corrected();
    onlyCorrected.checked = false;
    element("corrected-label").hidden = !corrected();
    drawClusters();
    await positions(data.spaces[model.space]);
    await chooseMap(model.first);
    drawPoints();
    if (!keepsPlace) go(model.clusters[0]?.at ?? [0, 0, 0]); else tell();
  };

  // ---- Input peaks

  const drawPoints = () => {
    if (points) { nv.removeMesh(points); points = null; }
    if (!showPeaks.checked || !model.peaks.length) { nv.drawScene(); return; }
    const studies = Math.max(1, model.studies.length - 1);
    points = nv.loadConnectomeAsMesh({
      name: "input peaks", nodeColormap: "cuneus_studies", nodeColormapNegative: "cuneus_studies", nodeMinColor: 0, nodeMaxColor: studies,
      nodeScale: 2, edgeColormap: "warm", edgeColormapNegative: "winter", edgeMin: 2, edgeMax: 3, edgeScale: 0,
      nodes: model.peaks.map(p => ({ name: "", x: p.at[0], y: p.at[1], z: p.at[2], colorValue: p.study, sizeValue: 1 })),
      edges: [] });
    points.colorbarVisible = points.showLegend = false;
    nv.addMesh(points);
    nv.drawScene();
  };

  // ---- Crosshair

  // To the centre of the voxel that holds a coordinate.
  const go = mm => {
    place = mm.slice();
    nv.scene.crosshairPos = nv.mm2frac(mm);
    nv.drawScene();
    nv.createOnLocationChange();
    tell();
  };

  const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  const mm = at => at.map(v => String(Math.round(v)).replace("-", "\u2212")).join(", ");
  const cell = (row, text, kind = "td") => {
    const made = document.createElement(kind);
    made.textContent = text;
    if (kind === "th") made.scope = "row";
    row.append(made);
  };

  let telling = 0;
  const tell = async () => {
    const turn = ++telling, space = data.spaces[model.space], here = place.slice();
    const found = [];
    await positions(space);
    const voxel = voxelAt(space, here);
    for (const one of model.maps) {
      if (voxel < 0) break;
      found.push([one.name, shown(one, (await values(one))[voxel])]);
      if (turn !== telling) return;
    }
    root.dataset.place = here.map(v => Math.round(10 * v) / 10).join(",");
    const rows = [["Crosshair (MNI mm)", mm(here)]];
    if (space.labels) {
      const at = voxel < 0 ? -1 : (await stored(space.labels))[voxel];
      rows.push(["Region", at < 0 ? "outside the analysis mask" : space.names[at] || "no name in the atlas"]);
    } else if (voxel < 0) rows.push(["Region", "outside the analysis mask"]);
    let inside = null;
    if (voxel >= 0 && model.labels) {
      const label = (await stored(model.labels))[voxel];
      inside = model.clusters.find(c => c.number === label && c.table === "exploratory") ?? null;
    }
    if (turn !== telling) return;
    const near = model.peaks.filter(p => distance(p.at, here) <= 10);
    const names = [...new Set(near.map(p => model.studies[p.study]))];
    rows.push(["Input peaks within 10 mm", near.length ? `${near.length} of ${names.join("; ")}` : "none"]);
    readout.replaceChildren(...rows.concat(found).map(([name, value]) => {
      const row = document.createElement("tr");
      cell(row, name, "th");
      cell(row, value);
      return row;
    }));
    highlight(inside, here);
    drawForest(here);
  };

  // The rows of the viewer's own list and of the page's tables whose cluster holds the crosshair.
  const highlight = (inside, here) => {
    document.querySelectorAll("tr[data-x]").forEach(row => {
      const at = [row.dataset.x, row.dataset.y, row.dataset.z].map(Number);
      const isSame = !row.dataset.model || row.dataset.model === model.id;
      const isHere = isSame && (distance(at, here) < 2 || (inside !== null && distance(at, inside.at) < 0.1));
      row.classList.toggle("here", isHere);
      if (isHere) row.setAttribute("aria-current", "location"); else row.removeAttribute("aria-current");
    });
  };

  const drawClusters = () => {
    clusterTable.replaceChildren(...model.clusters.map(c => {
      const row = document.createElement("tr");
      [row.dataset.x, row.dataset.y, row.dataset.z] = c.at;
      row.dataset.model = model.id;
      cell(row, `${c.table === "corrected" ? "corrected " : ""}${c.number}`, "th");
      [c.sign < 0 ? "below zero" : "above zero", c.voxels.toLocaleString("en"), mm(c.at), c.name].forEach(text => cell(row, text));
      link(row);
      return row;
    }));
    element("none").hidden = model.clusters.length > 0;
    clusterTable.parentElement.hidden = model.clusters.length === 0;
  };

  const link = row => {
    const visit = async () => {
      await ready();
      if (root.dataset.state !== "ready") return;
      const index = data.models.findIndex(one => one.id === row.dataset.model);
      if (index >= 0 && data.models[index] !== model) await chooseModel(index, true);
      go([row.dataset.x, row.dataset.y, row.dataset.z].map(Number));
    };
    row.tabIndex = 0;
    row.title = "Show this place in the brain";
    row.onclick = event => { if (!event.target.closest("a")) visit(); };
    row.onfocus = () => ready();
    row.onkeydown = event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      visit();
    };
  };

  // ---- Forest plot

  const forests = async () => {
    if (!model.forest) return null;
    return model.forest.places ??= JSON.parse(new TextDecoder().decode(await unpacked(model.forest.data)));
  };

  const svg = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const drawForest = async here => {
    const places = await forests();
    if (!places?.length) { forest.textContent = "This model has no stored effects of single studies."; return; }
    const nearest = places.reduce((a, b) => distance(b.at, here) < distance(a.at, here) ? b : a);
    const away = distance(nearest.at, here), symbol = model.forest.symbol;
    const caption = element("forest-place");
    caption.textContent = (nearest.cluster ? `The peak of cluster ${nearest.cluster}` : "A place of the grid")
      + ` at ${mm(nearest.at)} mm` + (away < 0.5 ? "." : `, ${away.toFixed(0)} mm from the crosshair.`)
      + (away > 1.2 * model.forest.spacing ? " Nothing is stored nearer." : "");
    forest.dataset.place = nearest.at.join(",");
    // Study, source, effect and standard error (hundredths), four numbers a study.
    const rows = [];
    for (let n = 0; n < nearest.studies.length; n += 4) {
      const [study, source, g, se] = nearest.studies.slice(n, n + 4);
      rows.push({ name: model.studies[study], source, g: g / 100, low: (g - 1.96 * se) / 100, high: (g + 1.96 * se) / 100 });
    }
    rows.sort((a, b) => a.source - b.source || b.g - a.g);
    const [g, low, high] = nearest.pooled.map(v => v / 100), ends = rows.flatMap(r => [r.low, r.high]).concat(low, high, 0);
    const least = Math.max(Math.min(...ends), -4), most = Math.min(Math.max(...ends), 4);
    const width = 760, left = 330, right = 590, step = 18, top = 30, bottom = top + step * (rows.length + 1);
    const x = v => left + (right - left) * (Math.min(Math.max(v, least), most) - least) / (most - least || 1);
    const text = v => fixed(v, 2);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${bottom + 26}`, class: "plot", role: "img", "aria-label":
      `Forest plot of ${rows.length} studies at ${mm(nearest.at)}: pooled ${symbol} ${text(g)} (${text(low)} to ${text(high)})` });
    const put = (at, y, string, anchor = "start", style = "") =>
      picture.append(svg("text", { x: at, y, "text-anchor": anchor, class: style }, string));
    put(0, 14, "Study", "start", "head");
    put(210, 14, "Said here", "start", "head");
    put(width, 14, `${symbol} [95 % interval]`, "end", "head");
    picture.append(svg("line", { x1: x(0), x2: x(0), y1: 22, y2: bottom, class: "zero" }));
    rows.forEach((row, n) => {
      const y = top + step * n + 9, isReported = row.source < model.forest.reported;
      put(0, y + 4, row.name.length > 30 ? row.name.slice(0, 29) + "…" : row.name);
      put(210, y + 4, model.forest.sources[row.source], "start", isReported ? "" : "soft");
      put(width, y + 4, `${text(row.g)} [${text(row.low)}, ${text(row.high)}]`, "end", isReported ? "" : "soft");
      picture.append(svg("line", { x1: x(row.low), x2: x(row.high), y1: y, y2: y, class: "interval", ...(isReported ? {} : { opacity: 0.45 }) }));
      picture.append(svg("rect", { x: x(row.g) - 4, y: y - 4, width: 8, height: 8, class: isReported ? "mark" : "mark open" }));
    });
    const y = bottom - 9;
    put(0, y + 4, "Pooled, from the map", "start", "head");
    put(width, y + 4, `${text(g)} [${text(low)}, ${text(high)}]`, "end", "head");
    picture.append(svg("polygon", { points: `${x(low)},${y} ${x(g)},${y - 6} ${x(high)},${y} ${x(g)},${y + 6}`, class: "pooled" }));
    [least, 0, most].forEach(v => put(x(v), bottom + 18, text(v), "middle", "soft"));
    forest.replaceChildren(picture);
  };

  // ---- Start

  const problem = error => {
    status.textContent = `The viewer stopped: ${error.message ?? error}. The pictures of the page show the same results.`;
    root.dataset.state = "failed";
    console.error(error);
  };

  const fallBack = reason => {
    root.hidden = true;
    rows().forEach(row => {
      row.removeAttribute("tabindex");
      row.removeAttribute("title");
      row.onclick = row.onkeydown = row.onfocus = null;
    });
    element("fallback").hidden = false;
    element("fallback").textContent = `${reason} The pictures below show the same results.`;
    root.dataset.state = "unavailable";
  };

  const start = async () => {
    if (typeof DecompressionStream === "undefined") return fallBack("This browser is too old for the interactive viewer.");
    if (!document.createElement("canvas").getContext("webgl2")) return fallBack("This browser has no WebGL 2, so there is no interactive viewer.");
    data = JSON.parse(element("data").textContent);
    const library = document.createElement("script");
    library.textContent = new TextDecoder().decode(await unpacked(element("niivue").textContent.trim()));
    document.head.append(library);
    root.hidden = false;
    element("fallback").hidden = true;
    nv = new niivue.Niivue({
      backColor: [0, 0, 0, 1], crosshairColor: [1, 1, 1, 0.7], crosshairWidth: 0.6, show3Dcrosshair: true, isColorbar: true,
      isRadiologicalConvention: false, multiplanarShowRender: 1, multiplanarLayout: 0, meshThicknessOn2D: 4, loadingText: "",
      logLevel: "error", dragAndDropEnabled: false, isResizeCanvas: true, scrollRequiresFocus: true, textHeight: -1 });
    await nv.attachToCanvas(canvas);
    // What is below the threshold has the first colour, which is clear.
    for (const [name, colours] of Object.entries(data.colours)) {
      const all = [colours[0], ...colours], column = n => all.map(hex => parseInt(hex.slice(2 * n, 2 * n + 2), 16));
      nv.addColormap("cuneus_" + name, { min: 0, max: 0, R: column(0), G: column(1), B: column(2),
        A: all.map((_, n) => n === 0 && name !== "studies" ? 0 : 255),
        I: all.map((_, n) => n === 0 ? 0 : 1 + Math.round(254 * (n - 1) / Math.max(1, colours.length - 1))) });
    }
    const space = data.spaces[data.anatomy.space];
    await positions(space);
    const brain = await niivue.NVImage.loadFromUrl({ url: "t1.nii", name: "t1.nii",
      buffer: nifti(space, await boxed(space, await stored(data.anatomy.map))), colormap: "gray", colorbarVisible: false });
    nv.addVolume(brain);
    nv.onLocationChange = where => {
      const at = Array.from(where.mm).slice(0, 3);
      if (distance(at, place) < 0.05) return;
      place = at;
      tell();
    };
    modelBox.replaceChildren(...data.models.map((one, n) => new Option(one.title, n)));
    element("model-label").hidden = data.models.length < 2;
    modelBox.onchange = () => chooseModel(Number(modelBox.value), true);
    mapBox.onchange = () => chooseMap(Number(mapBox.value));
    slider.oninput = () => { number.value = slider.value; repaint(); };
    number.onchange = () => { slider.value = number.value; repaint(); };
    onlyCorrected.onchange = repaint;
    showPeaks.onchange = drawPoints;
    // Arrow keys move by a voxel in the axial plane, Page Up and Down between slices.
    canvas.onkeydown = event => {
      const steps = { ArrowLeft: [-2, 0, 0], ArrowRight: [2, 0, 0], ArrowUp: [0, 2, 0], ArrowDown: [0, -2, 0],
        PageUp: [0, 0, 2], PageDown: [0, 0, -2] };
      const by = steps[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      go(place.map((v, n) => v + by[n]));
    };
    await chooseModel(0, false);
    await busy;
    root.dataset.state = "ready";
    root.dataset.milliseconds = Math.round(performance.now() - begun);
  };

  // Unpacking NiiVue and its maps takes a moment in which a page answers to nothing. So that nobody who only reads waits for it, it
  // begins when the viewer comes into view, or when a row of a table is asked for.
  let begun = 0, starting = null;
  const ready = () => {
    if (starting) return starting;
    begun = performance.now();
    root.dataset.state = "loading";
    element("fallback").textContent = "The viewer is loading \u2026";
    // Two frames, so that this line is seen before the work.
    const seen = new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    starting = seen.then(start).catch(error => { root.hidden = false; problem(error); });
    return starting;
  };

  const rows = () => document.querySelectorAll("main tr[data-x]");

  const begin = () => {
    element("fallback").textContent = "The viewer loads when it comes into view.";
    rows().forEach(link);
    const section = root.closest("section") ?? root.parentElement;
    const watcher = new IntersectionObserver(seen => {
      if (!seen.some(one => one.isIntersecting)) return;
      watcher.disconnect();
      ready();
    });
    watcher.observe(section);
  };
  if (document.readyState === "complete") begin(); else addEventListener("load", begin);
})();
