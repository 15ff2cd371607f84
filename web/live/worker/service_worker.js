// Makes pages that were read or run before work without a connection. It caches what the
// reader's browser has loaded, and nothing else.
//
// Pages come from the network if possible, so that changes of the book show at once. The names
// of the folders live/lib-… and live/book-… contain a hash of their contents: cached files from
// them are never outdated, and are used without a request.
//
// It also isolates the book's pages from other sites if the host's headers do not: only an
// isolated page may share memory with its Python, and so stop a cell and keep the variables.
// That works from the second page on, because no service worker controls the first one.

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

// A page in a frame of another site has another destination, and is not changed.
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

function isolated(response) {
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (!isPage || response.headers.has("Cross-Origin-Embedder-Policy")) return response;
  return withHeaders(response, ISOLATED);
}

// Python runs in a worker, to which the policy in its own script's response applies. So a cell
// can send requests to no other host, whether or not the book's host sends a policy.
const WORKER_POLICY = "default-src 'self' data: blob:; script-src 'self' blob: 'wasm-unsafe-eval'";

function guarded(response) {
  const { "Cross-Origin-Embedder-Policy": embedder } = ISOLATED;
  return withHeaders(response, {
    "Content-Security-Policy": WORKER_POLICY,
    "Cross-Origin-Embedder-Policy": embedder, // the page's own, otherwise the worker does not start
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

// A page reports what it loaded before this worker controlled it, and which folders of live/
// it uses; cached files of other folders are deleted.
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
