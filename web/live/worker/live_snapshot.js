// Restores a snapshot of Python's memory: Python continues as it was when the book was built,
// after importing everything that the pages use. Used by live_python.js in a page, and by
// web/live/prepare/check_snapshot.mjs when the book is built.
//
// It uses the hooks that web/live/prepare/snapshot.py patches into pyodide.asm.js. The libraries
// are linked first, each at its address in the snapshot; then the memory is copied over them, so
// that every pointer in it, to data or to a function, is valid.

self.liveSnapshot = (() => {
  // Return the options that make loadPyodide restore the snapshot, and finish(python), to call
  // afterwards. recording: snapshot.json; modules: the compiled libraries; memory: memory.bin.
  function prepare(recording, modules, memory) {
    const { memoryBases, tableBases } = recording;
    let Module;
    let linking = false;
    self.pyodideMemoryBase = (name, size, getMemory) => {
      return linking && name in memoryBases ? memoryBases[name] : getMemory(size);
    };
    const withoutTwins = noTwins();
    self.pyodideTableBase = (name, base) => {
      return withoutTwins.from(linking && name in tableBases ? tableBases[name] : base);
    };
    self.pyodideExport = withoutTwins.exported;
    self.pyodideSetHeap = (itsModule) => {
      Module = itsModule;
      linking = true;
      link(Module, recording, modules);
      linking = false;
      fillMemory(Module.HEAPU8, recording, memory);
      setCounter(Module);
      memory = null; // Pyodide keeps these closures, so free what they refer to
      modules = null;
    };

    const head = Uint8Array.from(atob(recording.head), (letter) => letter.charCodeAt(0));
    const whole = new Uint8Array(recording.heapLength); // zeros: Pyodide reads only its head
    whole.set(head);
    const options = {
      packages: [],
      _loadSnapshot: Promise.resolve(whole),
      _snapshotDeserializer: ({ pyodide_js: name }) => {
        const api = Module.API.public_api;
        return name === "" ? api : api[name];
      },
    };
    const finish = (python) => {
      forget();
      delete python._api.config._loadSnapshot; // zeros, as large as the memory
      Module.__hiwire_set(6, python.loadedPackages); // Python's view of the same object
      Object.assign(python.loadedPackages, recording.loadedPackages);
      for (const folder of recording.folders) {
        if (!python.FS.analyzePath(folder).exists) python.FS.mkdir(folder);
      }
      setTimeZone(Module);
      makeFresh(python);
      return Module;
    };
    return { options, finish };
  }

  // In WebKit, a function that is exported and in a library's table is two different objects.
  // Pyodide would add the second to the table, which would shift all later functions away from
  // the indices in the memory. Both have the same name in JavaScript: their number in the library.
  function noTwins() {
    let start = 0;
    let inTable = null; // {name: function}, of the library that is being linked
    const from = (base) => {
      inTable = null;
      return (start = base);
    };
    const exported = (value, table) => {
      if (typeof value !== "function") return value;
      if (!inTable) {
        inTable = new Map();
        for (let slot = start; slot < table.length; slot += 1) {
          const found = table.get(slot);
          if (found) inTable.set(found.name, found);
        }
      }
      return inTable.get(value.name) ?? value;
    };
    return { from, exported };
  }

  // Remove the hooks, so that pyodide.asm.js works as usual.
  function forget() {
    delete self.pyodideMemoryBase;
    delete self.pyodideTableBase;
    delete self.pyodideExport;
    delete self.pyodideSetHeap;
  }

  function link(Module, { libraries, handles, tableLength, lostSlots }, modules) {
    libraries.forEach(([name], i) => {
      const library = Module.newDSO(name, undefined, "loading");
      library.refcount = Infinity;
      library.global = false;
      const flags = { loadAsync: false, nodelete: true, allowUndefined: true };
      library.exports = Module.loadWebAssemblyModule(modules[i], flags, name, {});
      for (const [handle, of] of handles) {
        if (of === name) Module.LDSO.loadedLibsByHandle[handle] = library;
      }
    });
    const missing = tableLength - Module.wasmTable.length;
    if (missing > 0) Module.wasmTable.grow(missing);
    // allowUndefined leaves out the core's own functions, such as the one that C++ throws with.
    for (const [symbol, slot] of lostSlots) {
      Module.freeTableIndexes.push(slot);
      const { sym } = Module.resolveGlobalSymbol(symbol, true);
      Module.GOT[symbol].value = Module.addFunction(sym, sym.sig);
    }
  }

  function fillMemory(heap, { runs, heapLength, memoryBases }, memory) {
    // Linking has written only below the end of the last library and its 2 MB of memory.
    const written = Math.max(...Object.values(memoryBases)) + (2 << 20);
    let from = 0;
    let end = 0;
    for (const [start, length] of [...runs, [heapLength, 0]]) {
      if (end < written) heap.fill(0, end, Math.min(start, written));
      heap.set(memory.subarray(from, from + length), start);
      from += length;
      end = start + length;
    }
  }

  // Pyodide makes a function that counts a C function's arguments, except on an iPad and where
  // WebAssembly has no garbage collection. The memory was saved in Node, which has it; this
  // stores whether the function exists in this browser.
  function setCounter(Module) {
    const offset = Module.HEAP32[Module.__PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET / 4];
    Module.HEAP32[(Module.__PyRuntime + offset) / 4] = Module._PyEM_CountArgsPtr;
  }

  function writeFiles(python, index, packed) {
    for (const [name, start, length] of index) {
      python.FS.writeFile(name, packed.subarray(start, start + length), { canOwn: true });
    }
  }

  // The C library has cached the time zone of the machine that built the book.
  function setTimeZone(Module) {
    const [zone, daylight, names] = ["timezone", "daylight", "tzname"].map((name) => {
      return Module.GOT[name].value;
    });
    const [standard, summer] = [0, 4].map((more) => Module.HEAPU32[(names + more) / 4]);
    if (standard) Module.__tzset_js(zone, daylight, standard, summer);
  }

  // Renew what must differ between copies of the memory: seeds, times, temporary names.
  function makeFresh(python) {
    python.runPython(
      `
import logging, random, sys, tempfile, time
import numpy.random

year = 31_557_600  # as Python does when it starts
begin = time.time() // year * year
two = [time.localtime(begin + part) for part in (0, year / 2)]
standard, other = sorted(two, key=lambda each: each.tm_gmtoff)
time.timezone, time.altzone = -standard.tm_gmtoff, -other.tm_gmtoff
time.daylight = int(time.timezone != time.altzone)
time.tzname = standard.tm_zone, other.tm_zone
sys.path[:] = dict.fromkeys(sys.path)
random.seed()
numpy.random.seed()
tempfile._name_sequence = None
logging._startTime = time.time()
`,
      { globals: python.runPython("{}") },
    );
  }

  return { prepare, forget, writeFiles };
})();
