"""Run axe-core, which finds accessibility faults of a page.

It comes from npm, pinned by version and SHA-256, and is cached with the book's other
third-party files.
"""

import functools
import tarfile

from publish.fetch import cache_folder, fetch_npm_package
from publish.third_party import AXE

COLOUR_RULES = ["color-contrast", "link-in-text-block"]
RUN_AXE = """async ([part, rules]) => {
    const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
    const { violations } = await axe.run(part ?? document, options);
    return violations.map(({ id, impact, help, nodes }) => ({
        id, impact, help,
        nodes: nodes.map(({ html, target, failureSummary }) => ({
            html, target: target.join(" "), why: failureSummary,
        })),
    }));
}"""


@functools.cache
def source():
    with tarfile.open(fetch_npm_package(AXE, cache_folder() / "npm")) as files:
        return files.extractfile("package/axe.min.js").read().decode()


def faults(page, part=None, rules=None):
    """Return what axe-core finds in the page's current state, a line for each element.

    part: a CSS selector that limits the check to one part of the page
    rules: the names of axe-core's rules; None means all of its default ones
    """
    page.evaluate(source())
    return [
        f"{found['id']} ({found['impact']}): {found['help']}\n"
        f"    {node['target']}: {node['html'][:200]}\n    {node['why']}"
        for found in page.evaluate(RUN_AXE, [part, rules])
        for node in found["nodes"]
    ]


def faults_in_light_and_dark(page):
    """Return the faults in both colour schemes, with reduced motion.

    The second check uses only the rules about colours, because nothing else differs.
    """
    found = []
    for scheme, rules in (("light", None), ("dark", COLOUR_RULES)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_selector(f"html[data-theme={scheme}]", state="attached")
        found += [f"{scheme}: {fault}" for fault in faults(page, rules=rules)]
    page.emulate_media(color_scheme="null", reduced_motion="null")
    return found
