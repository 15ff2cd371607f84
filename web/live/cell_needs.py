"""Find which earlier cells of a notebook a cell needs to run as it does in the whole page.

A live page runs these cells before the picture that a reader presses. They are read from the
code: the cells that bind the names that the cell reads, those that change the objects of these
names in place, and what all of them need in turn. A cell whose names cannot be read from its
code (a magic, `exec`, `import *`) needs all cells before it, and all cells after it need it.

Only direct changes in place are found: an assignment to an item or an attribute, `+=`, `del`,
the call of a method, and an argument of a function that itself changes something in place. A
change through a second name is not found: the object of an earlier cell's `x` in `y = x` or
`for y in (x, z)`. tests/web/live/test_cell_needs.py therefore runs the cells of every page
after only the cells that they need, and compares what they show with a run of the whole page.
"""

import ast
import builtins

# Methods of arrays, strings, dictionaries and networks that do not change their object.
HARMLESS_METHODS = {
    *("all", "any", "argmax", "argmin", "astype", "copy", "dot", "flatten"),
    *("max", "mean", "min", "reshape", "round", "std", "sum", "tolist", "transpose"),
    *("format", "items", "join", "keys", "strip", "values"),
    *("backpropagate", "feedforward", "layer_outputs", "loss"),
}
# Functions of modules that change a setting of their module, or their arguments.
EFFECTS = {
    *("filterwarnings", "rc", "rcdefaults", "register", "seed", "set_printoptions"),
    *("seterr", "simplefilter", "use"),
    *("copyto", "fill_diagonal", "put", "shuffle"),
}
UNREADABLE = {"eval", "exec", "get_ipython", "globals", "locals"}
HARMLESS_BUILTINS = set(dir(builtins)) - {"delattr", "next", "setattr"}


def needs_of_cells(sources):
    """Return for each cell the list of numbers of the earlier cells that it needs."""
    harmless, cells = set(HARMLESS_BUILTINS), []
    reads, changes = {}, {}  # {name: what the functions behind it read and change}
    for source in sources:
        cell = _Code(harmless)
        try:
            cell.read(ast.parse(source).body)
        except SyntaxError:
            cell.readable = False
        named, cell.reads = cell.reads, _reached(cell.reads, reads)
        cell.changes |= cell.may_bind
        cell.changes |= set().union(*(changes.get(name, ()) for name in cell.reads))
        for name in cell.binds | cell.changes:
            before = set() if name in cell.binds else reads.get(name, set())
            reads[name] = before | (cell.reads - named)
        for name, body in cell.functions.items():
            reads[name] |= body.reads
            changes[name] = body.changes_outside()
        cells.append(cell)
    return [_needs(cells, number) for number in range(len(cells))]


def _reached(names, reads):
    """Return the names, and all names that using them may read, in turn."""
    found, new = set(), set(names)
    while new:
        found |= new
        new = {more for name in new for more in reads.get(name, ())} - found
    return found


def _needs(cells, number):
    if not cells[number].readable:
        return list(range(number))
    wanted, needed = set(cells[number].reads), []
    for earlier in reversed(range(number)):
        cell = cells[earlier]
        if not cell.readable:
            return sorted([*range(earlier + 1), *needed])
        if wanted & (cell.binds | cell.changes):
            needed.append(earlier)
            wanted = (wanted - cell.binds) | cell.reads
    return sorted(needed)


def _root(node):
    """Return the name that a chain such as `*net.weights[0]` begins with, or None."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


class _Code(ast.NodeVisitor):
    """Collects what a cell, or the body of a function, does with the page's names."""

    def __init__(self, harmless):
        self.harmless = harmless  # modules, and functions that change no argument
        self.reads = set()  # before the code itself has bound them
        self.binds = set()  # at this place, in any case
        self.may_bind = set()
        self.changes = set()  # in place
        self.functions = {}  # {name of a function or class: the _Code of its body}
        self.readable = True

    def changes_outside(self):
        """Return the names of the surrounding code whose objects a scope changes."""
        return self.changes - self.binds - self.may_bind

    def read(self, parts):
        """Read statements and expressions in the order in which they run."""
        for part in parts:
            self.visit(part)

    def _read_branches(self, *branches):
        """Read blocks of which one runs: only what all of them bind is bound after it."""
        before, ends = self.binds, []
        for branch in branches:
            self.binds = set(before)
            self.read(branch)
            ends.append(self.binds)
        self.binds = set.intersection(*ends)
        self.may_bind |= set.union(*ends) - self.binds

    def _bind(self, name, harmless=False):
        (self.harmless.add if harmless else self.harmless.discard)(name)
        self.binds.add(name)

    def _change(self, name):
        if name is not None:
            self.changes.add(name)

    # --- Names, items and attributes

    def visit_Name(self, node):
        self.readable &= node.id not in UNREADABLE
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)
        elif node.id not in self.binds:
            self.reads.add(node.id)
        if isinstance(node.ctx, ast.Del):
            self._change(node.id)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            self._change(_root(node))

    visit_Subscript = visit_Attribute

    # --- Statements

    def visit_Assign(self, node):
        self.read([node.value, *node.targets])

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.read([node.value, node.target])

    def visit_AugAssign(self, node):
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.visit(ast.Name(node.target.id, ast.Load()))
            self._change(node.target.id)
        else:
            self.visit(node.target)

    def visit_For(self, node):
        self.visit(node.iter)
        self._read_branches([node.target, *node.body], node.orelse, [])

    def visit_If(self, node):
        self.visit(node.test)
        self._read_branches(node.body, node.orelse, [])

    visit_While = visit_If

    def visit_Try(self, node):
        handlers = ([handler] for handler in node.handlers)
        self._read_branches([*node.body, *node.orelse], *handlers)
        self.read(node.finalbody)

    def visit_ExceptHandler(self, node):
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            self.readable &= alias.name != "*"
            self._bind(alias.asname or alias.name.split(".")[0], harmless=True)

    visit_ImportFrom = visit_Import

    def _unreadable(self, node):
        self.readable = False

    visit_Match = visit_TryStar = visit_AsyncFor = _unreadable
    visit_Global = visit_NamedExpr = _unreadable

    # --- Calls

    def visit_Call(self, node):
        self.generic_visit(node)
        function, root = node.func, _root(node.func)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        changed = [each.value for each in node.keywords if each.arg == "out"]
        if isinstance(function, ast.Attribute):
            if function.attr in EFFECTS:
                changed += [function, *arguments]
            elif root not in self.harmless and function.attr not in HARMLESS_METHODS:
                changed.append(function)
        elif root not in self.harmless:
            changed += arguments
        for each in changed:
            self._change(_root(each))

    # --- Scopes

    def _read_scope(self, parts, is_class=False):
        """Read the body of a function, class, lambda or comprehension; return its _Code."""
        scope = _Code(set(self.harmless))
        for part in parts:
            scope.visit(part)
            if is_class:  # its methods do not see the names that it binds
                scope.binds.clear()
        self.reads |= scope.reads - self.binds
        self.changes |= scope.changes_outside()
        self.readable &= scope.readable
        return scope

    def visit_FunctionDef(self, node):
        self.read(filter(None, [*node.decorator_list, node.returns]))
        body = self.functions[node.name] = self._read_scope([node.args, *node.body])
        self._bind(node.name, harmless=not body.changes)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.read([*node.decorator_list, *node.bases, *node.keywords])
        self._bind(node.name, harmless=True)  # making an object changes no argument
        self.functions[node.name] = self._read_scope(node.body, is_class=True)

    def visit_arguments(self, node):
        self.read([*node.defaults, *filter(None, node.kw_defaults)])
        own = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]
        self.read(filter(None, own))

    def visit_arg(self, node):
        self.generic_visit(node)  # its annotation
        self._bind(node.arg)

    def visit_Lambda(self, node):
        self._read_scope([node.args, node.body])

    def visit_ListComp(self, node):
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._read_scope([*node.generators, *parts])

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_comprehension(self, node):
        self.read([node.iter, node.target, *node.ifs])
