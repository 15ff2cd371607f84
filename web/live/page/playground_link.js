// @ts-check
// A playground's state in a page's address: described in words before Python runs, passed to the
// page's first playground when it exists, and written into the address when a link is copied.
// nn_widgets/playground/panels/link_format.py writes and checks these links; this file only
// describes them.

const MARK = "#playground=";
const EDITION = "1";
let taken = false;

async function unpack(hash) {
  const [edition, packed] = hash.slice(MARK.length).split(".", 2);
  if (edition !== EDITION) {
    throw new Error(`it is of edition "${edition.slice(0, 9)}", this book reads ${EDITION}`);
  }
  const base64 = packed.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const NAMES = ["xor", "moons", "circles", "spiral", "blobs"];

// The description holds only numbers and known names, whatever the link contains.
export async function inWords(hash) {
  try {
    const { settings, segments, samples, code } = await unpack(hash);
    const epochs = segments.reduce((sum, [some]) => sum + Number(some), 0);
    const nodes = Number(settings.hidden_nodes);
    const known = NAMES.find((name) => name === settings.dataset);
    const data = samples ? `${Number(samples[2].length)} samples of its own` : known;
    if (!data || !Number.isFinite(epochs + nodes)) throw new Error("no playground");
    const parts = [
      `This address holds a playground: ${data}, ${nodes} hidden nodes, ` +
        `trained for ${epochs} epochs.`,
      "Run this page to see it.",
    ];
    if (code) parts.push("It brings code, which will not run before you have read it.");
    return parts.join(" ");
  } catch (error) {
    console.warn(error);
    const { message } = /** @type {Error} */ (error);
    const why = /edition/.test(message) ? message : "it is damaged or cut off";
    return `The playground in this address cannot be read: ${why}.`;
  }
}

// Pass the link in the address to the first playground, and copy links that a playground makes.
export function connect(model, say) {
  if (!model.has("_opened")) return;
  model.on("change:_link", () => copy(model.get("_link"), say));
  if (taken || !location.hash.startsWith(MARK)) return;
  taken = true;
  model.set("_opened", location.hash.slice(1));
  model.save_changes();
}

async function copy(text, say) {
  if (!text) return;
  history.replaceState(null, "", `#${text}`);
  taken = true; // the playground has this state already
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied. It holds all of this playground's state.");
  } catch {
    say("The link is this page's address now: copy it from there.");
  }
}
