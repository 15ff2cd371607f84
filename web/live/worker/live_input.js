// Lets input() and getpass() wait for an answer from the page, in the page's worker.
//
// While Python waits for the answer, its worker receives no messages, so the page writes the
// answer into memory that both share. Where a page cannot share memory, input() raises an error
// that says so. engine.js runs `inputInPython` once, when the kernel is ready.

self.inputFromPage = (python, answers, page) => {
  const state = answers && new Int32Array(answers, 0, 1); // -1, or the answer's length

  return {
    canAsk: Boolean(answers),
    ask(prompt, hidden) {
      state[0] = -1;
      page.postMessage({ ask: { prompt, hidden } });
    },
    // Return the answer, or undefined if there is none yet. Stop interrupts the wait.
    answer() {
      if (Atomics.wait(state, 0, -1, 100) === "timed-out") {
        python.checkInterrupt();
        return undefined;
      }
      return new TextDecoder().decode(new Uint8Array(answers, 4, state[0]).slice());
    },
  };
};

// The kernel installs its own input() before each cell; that one would return a promise.
self.inputInPython = `
def install():
    import builtins, getpass, sys
    from js import readersInput
    from pyodide_kernel.interpreter import Interpreter

    def ask(prompt, hidden):
        if not readersInput.canAsk:
            raise RuntimeError(
                "input() cannot wait for an answer on this page, whose server does not let it "
                "share memory with Python. Load the page once more and try again: from its "
                "second page on, the book can arrange that in most browsers. Or write the "
                "value into the code."
            )
        sys.stdout.flush()
        readersInput.ask(prompt, hidden)
        while (answer := readersInput.answer()) is None:
            pass
        print(prompt + ("·" * 8 if hidden else answer))
        return answer

    def input(prompt="", /):
        """Ask the reader of the page, and return the answer without its end of line."""
        return ask(str(prompt), False)

    Interpreter.input = property(lambda shell: input, lambda shell, value: None)
    Interpreter.getpass = property(lambda shell: getpass.getpass, lambda shell, value: None)
    builtins.input = input
    getpass.getpass = lambda prompt="Password: ", stream=None: ask(str(prompt), True)

install()
`;
