// Keep in this browser what the reader has set on a cell's widgets, and set it again on the
// page's next run.

import { widgetModel } from "./engine.js";
import { connect } from "./playground_link.js";

// Return a control's setting: a menu's chosen label, the value of any other control.
const settingOf = (model) => {
  const labels = model.get("_options_labels");
  return labels ? labels[model.get("index")] : model.get("value");
};

export async function follow(cell, source, restore, kept) {
  const controls = await findControls(cell);
  if (!controls.size) return;
  const old = kept.read().settings[cell.id];
  if (restore && old && old.source === source) {
    for (const [name, model] of controls) {
      if (name in old.values) applySetting(model, old.values[name]);
    }
  }
  for (const model of controls.values()) {
    model.on("change:value change:index", () => {
      const values = {};
      for (const [name, each] of controls) values[name] = settingOf(each);
      kept.change("settings", cell.id, { source, values });
    });
  }
}

function applySetting(model, setting) {
  const labels = model.get("_options_labels");
  if (!labels) model.set("value", setting);
  else if (labels.includes(setting)) model.set("index", labels.indexOf(setting));
  else return;
  model.save_changes();
}

async function findControls(cell) {
  const found = new Map();
  async function search(model) {
    for (const child of model.get("children") ?? []) await search(await child);
    const name = model.get("description");
    const isFile = model.get("_model_name") === "FileUploadModel"; // the reader's own
    const isControl = !isFile && (model.has("value") || model.has("_options_labels"));
    if (name && isControl && !found.has(name)) found.set(name, model);
  }
  for (const model of await shownModels(cell)) await search(model);
  return found;
}

async function shownModels(cell) {
  const views = cell.code.outputs
    .map((output) => output.data?.["application/vnd.jupyter.widget-view+json"])
    .filter((view) => view);
  return Promise.all(views.map((view) => widgetModel(view.model_id)));
}

// Connect a cell's playgrounds with the page's address, which may hold a playground's state.
export async function connectPlaygrounds(cell, live) {
  for (const model of await shownModels(cell)) {
    if (!model.has("_opened")) continue;
    connect(model, live.say);
  }
}
