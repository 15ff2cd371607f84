"""Sphinx extension: put the results of `make bench` into the text of a page.

    {measured}`full.pytorch.ratio`      one number, by its name in web/measured/report.py

    ```{measured-table} small           one table
    ```

    ```{measured-plot} growth           one plot, with its text alternative
    ```

They are made from web/measured/results.json when the page is read, so no number is typed by
hand.
"""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, SphinxRole

from publish.paths import BUILD
from web.measured import report, report_live, report_plots, results


class _FromResults:
    """Look up a number, table or plot by its name, for the role and the directives."""

    def pick(self, kind, name):
        """Return the named item, or None and the error message in self.problem."""
        for file in (
            results.RESULTS,
            *(m.__file__ for m in (report, report_live, report_plots, results)),
        ):
            self.env.note_dependency(str(file))
        found = getattr(report, kind)(report.read())
        if name not in found:
            expected = ", ".join(sorted(found))
            self.problem = f"{kind}: expected one of {expected}, got {name!r}"
            return None
        return found[name]


class MeasuredNumber(SphinxRole, _FromResults):
    def run(self):
        text = self.pick("numbers", self.text)
        if text is None:
            problem = self.inliner.reporter.error(self.problem, line=self.lineno)
            return [], [problem]
        return [nodes.Text(text)], []


class MeasuredTable(SphinxDirective, _FromResults):
    required_arguments = 1

    def run(self):
        table = self.pick("tables", self.arguments[0])
        if table is None:
            raise self.error(self.problem)
        holder = nodes.container(classes=["measured"])
        lines = StringList(table.splitlines(), source=report.__file__)
        self.state.nested_parse(lines, self.content_offset, holder)
        return [holder]


class MeasuredPlot(SphinxDirective, _FromResults):
    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        plot = self.pick("plots", name)
        if plot is None:
            raise self.error(self.problem)
        figure, description = plot
        file = BUILD / "measured" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, dpi=150)
        uri = f"/{file.relative_to(self.env.srcdir).as_posix()}"
        return [
            nodes.image(
                uri=uri, alt=description, width="100%", classes=["measured-plot"]
            )
        ]


def setup(app):
    app.add_role("measured", MeasuredNumber())
    app.add_directive("measured-table", MeasuredTable)
    app.add_directive("measured-plot", MeasuredPlot)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
