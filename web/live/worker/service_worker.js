// Lets a page that was read once be read again, and one that ran be run again, without a
// connection. It keeps what the reader's browser has loaded, and nothing else.
//
// Pages come from the network when there is one, so a changed book is seen at once. The
// folders live/lib-… and live/book-… are named for their contents: what is kept of them is
// never out of date, and is used without asking the network.
//
// It also isolates the book's pages from other sites where the host's headers do not: only
// such a page may share memory with its Python, and so stop a cell and keep the variables.
// It takes effect from the second page on, since no worker watches the first one load.

const KEPT = "book-1";
const scope = new URL(self.registration.scope);
const namedForContents = (url) => /\/live\/(lib|book)-/.test(url.pathname);
const isJupyterLite = (url) => url.pathname.startsWith(`${scope.pathname}lite/`);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const inBook = url.origin === scope.origin && url.pathname.startsWith(scope.pathname);
  if (request.method !== "GET" || !inBook || isJupyterLite(url)) return;
  if (url.pathname.includes("/snapshot/")) return; // snapshot_cache.js keeps it, unpacked
  const response = answer(event, request, namedForContents(url));
  if (request.destination === "document") event.respondWith(response.then(isolated));
  else if (request.destination === "worker") event.respondWith(response.then(guarded));
  else event.respondWith(response);
});

// A page in another site's frame has another destination, and stays as it is.
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

function isolated(response) {
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (!isPage || response.headers.has("Cross-Origin-Embedder-Policy")) return response;
  return withHeaders(response, ISOLATED);
}

// Python runs in a worker, and a worker obeys the policy that its script came with. So a
// cell can ask no other host for anything, whether or not the book's host sends a policy.
const WORKER_POLICY = "default-src 'self' data: blob:; script-src 'self' blob: 'wasm-unsafe-eval'";

function guarded(response) {
  const { "Cross-Origin-Embedder-Policy": embedder } = ISOLATED;
  return withHeaders(response, {
    "Content-Security-Policy": WORKER_POLICY,
    "Cross-Origin-Embedder-Policy": embedder, // as that of the page, or it does not start
  });
}

function withHeaders(response, more) {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(more)) {
    if (!headers.get(name)?.includes(value)) headers.append(name, value);
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

async function answer(event, request, neverOld) {
  const kept = await caches.open(KEPT);
  const found = () => kept.match(request, { ignoreSearch: true, ignoreVary: true });
  if (neverOld && request.cache !== "reload") {
    const response = await found();
    if (response) return response;
  }
  try {
    const response = await fetch(request);
    if (response.ok) event.waitUntil(kept.put(withoutSearch(request.url), response.clone()));
    return response;
  } catch (error) {
    const response = await found();
    if (response) return response;
    throw error;
  }
}

function withoutSearch(address) {
  const url = new URL(address);
  url.search = "";
  url.hash = "";
  return url.href;
}

// A page says what it loaded before this worker watched it, and which folders of
// live/ it uses; older ones are thrown away.
self.addEventListener("message", (event) => {
  const { keep = [], current } = event.data;
  event.waitUntil(
    (async () => {
      const kept = await caches.open(KEPT);
      for (const address of new Set(keep.map(withoutSearch))) {
        const url = new URL(address);
        const inBook = url.origin === scope.origin && url.pathname.startsWith(scope.pathname);
        if (!inBook || isJupyterLite(url) || (await kept.match(address))) continue;
        await kept.add(address).catch(() => {});
      }
      if (!current) return;
      for (const request of await kept.keys()) {
        const url = new URL(request.url);
        const isCurrent = current.some((name) => url.pathname.includes(`/live/${name}/`));
        if (namedForContents(url) && !isCurrent) await kept.delete(request);
      }
    })(),
  );
});
