"""What a cell of a notebook needs: the earlier cells without which it would not run alike.

A live page runs the cells of the pressed picture first. Which these are is read from the
code, not from running it: a cell needs the cells that bind the names it reads, those that
may have altered these objects since, and what all of them need in turn.

Where the code does not tell, more is needed rather than less. An object may be altered by
its own methods, by a function that it is handed to, or through another name that it was
bound to. Only what is listed below alters nothing. A cell whose names cannot be read off
(a magic, ``exec``, ``import *``, code that does not parse) needs every cell before it, and
every cell after it needs this one.
"""

import ast
import builtins
import symtable
from dataclasses import dataclass, field

# Functions of these modules, and functions whose names begin so, alter no argument.
HARMLESS_MODULES = {"math", "matplotlib", "numpy", "time"}
HARMLESS_NAMES = ("plot_",)
# Methods that leave their object as it is: of arrays, strings, dictionaries and the network.
HARMLESS_METHODS = {
    *("all", "any", "argmax", "argmin", "astype", "copy", "dot", "flatten"),
    *("max", "mean", "min", "reshape", "round", "std", "sum", "tolist", "transpose"),
    *("format", "items", "join", "keys", "strip", "values"),
    *("backpropagate", "feedforward", "layer_outputs", "loss"),
}
# What is called on a module for its effect on everything after.
SETTINGS = {"seed", "seterr", "set_printoptions", "simplefilter", "filterwarnings"}
SETTINGS |= {"rc", "rcdefaults", "use", "register"}
ALTER_ARGUMENTS = {"copyto", "fill_diagonal", "put", "shuffle"}
UNREADABLE = {"delattr", "eval", "exec", "get_ipython", "globals", "locals"}
BUILTINS = set(dir(builtins)) - {"setattr", *UNREADABLE}


@dataclass
class Cell:
    """What the code of one cell does with the page's names."""

    reads: set = field(default_factory=set)  # before the cell itself has bound them
    binds: set = field(default_factory=set)  # whatever happens
    alters: set = field(default_factory=set)  # their objects; or binds them perhaps
    called_reads: dict = field(default_factory=dict)  # function: what its body reads
    called_alters: dict = field(default_factory=dict)  # function: what its body alters
    readable: bool = True


def needs_of_cells(sources):
    """Return for each cell the list of numbers of the earlier cells that it needs."""
    cells, imported, functions, reads, alters = [], {}, {}, {}, {}
    for source in sources:
        cell = read_cell(source, imported, functions)
        # A function of an earlier cell does what its body says when this cell calls it.
        cell.alters |= set().union(
            *(alters.get(n, ()) for n in _reached(cell.reads, reads))
        )
        used = _reached(cell.reads, reads) - cell.reads
        cell.reads |= used
        for name in cell.binds | cell.alters:
            old = set() if name in cell.binds else reads.get(name, set())
            reads[name] = old | used | cell.called_reads.get(name, set())
        alters |= cell.called_alters
        cells.append(cell)
    return [_needs(cells, number) for number in range(len(cells))]


def _reached(names, reads):
    """Return the names and all that is read, in turn, when they are called."""
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
        if wanted & (cell.binds | cell.alters):
            needed.append(earlier)
            wanted = (wanted - cell.binds) | cell.reads
    return sorted(needed)


def read_cell(source, imported, functions):
    """Return what the code does, given what the cells before it imported and defined.

    Both dictionaries are brought up to date.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return Cell(readable=False)
    reader = _Reader(imported, functions)
    reader.read(tree.body)
    return reader.cell


class _Altered:
    """Tells which arguments of a call a function may alter."""

    def __init__(self, parameters, altered):
        self.names = [each.arg for each in parameters.posonlyargs + parameters.args]
        self.altered = altered

    def __call__(self, call):
        names = {keyword.value: keyword.arg for keyword in call.keywords}
        if not any(isinstance(each, ast.Starred) for each in call.args):
            names |= dict(zip(call.args, self.names, strict=False))
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        return [
            each
            for each in arguments
            if names.get(each) is None or names[each] in self.altered
        ]


def _globals_of(definition):
    """Return the page's names that a function or class mentions inside."""
    names = set()
    tables = [symtable.symtable(ast.unparse(definition), "cell", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        if table.get_type() != "module":
            names |= {s.get_name() for s in table.get_symbols() if s.is_global()}
    return names


def _parts(value, count):
    """Return what each of so many names is bound to, when together they get the value."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        if value.func.id == "zip" and len(value.args) == count:
            return value.args
        if value.func.id == "enumerate" and count == 2:
            return [ast.Constant(0), value.args[0]]
    return [value] * count


def _root(node):
    """Return the name that a chain such as np.random.default_rng begins with, or None."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


class _Reader(ast.NodeVisitor):
    """Goes through the statements of a cell in the order in which they run."""

    def __init__(self, imported, functions):
        self.cell = Cell()
        self.known = imported  # name: the module it comes from
        self.functions = functions  # name: which arguments of a call it may alter
        self.aliases = {}  # name: the names whose objects it may stand for
        self.certain = True  # False inside what may not run

    def read(self, statements):
        for statement in statements:
            self.visit(statement)

    # --- Names

    def visit_Name(self, node):
        if node.id in UNREADABLE:
            self.cell.readable = False
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.cell.binds and node.id not in BUILTINS:
                self.cell.reads.add(node.id)
        elif isinstance(node.ctx, ast.Del):
            self.cell.alters.add(node.id)
        else:
            self._bind(node.id)

    def _bind(self, name):
        self.known.pop(name, None)
        self.functions.pop(name, None)
        (self.cell.binds if self.certain else self.cell.alters).add(name)

    def _alter(self, node):
        """Note that the objects of an expression may be altered."""
        for name in self._objects(node) - self.known.keys():
            alike = self.aliases.get(name, set()) | {name}
            self.cell.alters |= alike - BUILTINS - self.known.keys()

    def _objects(self, node):
        """Return the names whose objects an expression may hand on."""
        if isinstance(node, ast.Name):
            return {node.id}
        if isinstance(node, ast.Call):
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
            if isinstance(node.func, ast.Attribute):
                parts.append(node.func.value)
        elif isinstance(
            node, (ast.BinOp, ast.Compare, ast.Constant, ast.JoinedStr, ast.UnaryOp)
        ):
            return set()
        else:
            parts = ast.iter_child_nodes(node)
        return {name for part in parts for name in self._objects(part)}

    # --- Statements

    def visit_Assign(self, node):
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, node.value)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)
            self._assign(node.target, node.value)

    def visit_NamedExpr(self, node):
        self.visit(node.value)
        self._assign(node.target, node.value)

    def visit_AugAssign(self, node):
        self.visit(node.value)
        self._load(node.target)
        self._alter(node.target)

    def _assign(self, target, value):
        if isinstance(target, (ast.Tuple, ast.List)):
            values = _parts(value, len(target.elts))
            for part, its_value in zip(target.elts, values, strict=True):
                self._assign(part, its_value)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, value)
        elif isinstance(target, ast.Name):
            objects = self._objects(value)
            reached = {each for name in objects for each in self.aliases.get(name, ())}
            self.aliases[target.id] = objects | reached
            self.visit(target)
        else:  # an attribute or an item of an object
            self._load(target)
            self._alter(target.value)
            root = _root(target)
            if root in self.known:  # plt.rcParams["…"] = …
                self.cell.alters.add(root)

    def _load(self, target):
        """Read the names of a target as if it stood in an expression."""
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.visit(ast.Name(node.id, ast.Load()))

    def visit_Delete(self, node):
        for target in node.targets:
            self._load(target)
            self._alter(target)

    def visit_For(self, node):
        self.visit(node.iter)
        before, self.certain = self.certain, False
        self._assign(node.target, node.iter)
        self._inside(node.target, node.body)
        self.read(node.orelse)
        self.certain = before

    visit_AsyncFor = visit_For

    def _inside(self, target, statements):
        """Read statements in which the names of the target are bound for certain."""
        names = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
        bound = names - self.cell.binds
        self.cell.binds |= bound
        self.read(statements)
        self.cell.binds -= bound

    def _branch(self, node):
        before, self.certain = self.certain, False
        self.generic_visit(node)
        self.certain = before

    visit_While = visit_If = visit_IfExp = visit_Match = visit_BoolOp = _branch

    def visit_Try(self, node):
        # What it binds before it fails is bound; after that nothing is certain.
        self._branch(node)

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node):
        if node.type is not None:
            self.visit(node.type)
        self._inside(ast.Name(node.name or "", ast.Store()), node.body)

    def visit_With(self, node):
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, item.context_expr)
        self.read(node.body)

    visit_AsyncWith = visit_With

    def visit_Import(self, node):
        for alias in node.names:
            self._import(alias.asname or alias.name.split(".")[0], alias.name)

    def visit_ImportFrom(self, node):
        for alias in node.names:
            if alias.name == "*":
                self.cell.readable = False
            self._import(alias.asname or alias.name, node.module or "")

    def _import(self, name, module):
        self._bind(name)
        self.known[name] = module.split(".")[0]

    # --- Calls

    def visit_Call(self, node):
        self.generic_visit(node)
        root, is_method = _root(node.func), isinstance(node.func, ast.Attribute)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if root in self.known and is_method:
            if node.func.attr in SETTINGS:
                self.cell.alters.add(root)
        elif is_method and node.func.attr not in HARMLESS_METHODS:
            self._alter(node.func.value)
        if not is_method and not self._is_harmless(root):
            function = self.functions.get(root)
            altered = function(node) if function else arguments
            for argument in altered:
                self._alter(argument)
        for keyword in node.keywords:
            if keyword.arg == "out":
                self._alter(keyword.value)
        if is_method and node.func.attr in ALTER_ARGUMENTS:
            for argument in arguments:
                self._alter(argument)
        self.cell.alters |= self.cell.called_alters.get(root, set())

    def _is_harmless(self, name):
        """Return whether a function alters none of the objects that it is handed."""
        if name is None:
            return False
        bound = name in self.cell.binds or name in self.cell.reads
        if name in BUILTINS and not bound:
            return True
        is_class = name[:1].isupper()
        known = self.known.get(name) in HARMLESS_MODULES or (
            name in self.known and name.startswith(HARMLESS_NAMES)
        )
        return is_class or known

    # --- Functions and classes

    def visit_FunctionDef(self, node):
        for part in [*node.decorator_list, node.args]:
            self.visit(part)
        self._define(node.name, node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(part)
        self._define(node.name, node)

    def visit_Lambda(self, node):
        self._define(None, node, [ast.Expr(node.body)])

    def _define(self, name, node, body=None):
        """Read a function or class, whose body runs later, if it does."""
        of_the_page = _globals_of(node)
        if of_the_page & UNREADABLE:
            self.cell.readable = False
        inside = _Reader(dict(self.known), dict(self.functions))
        inside.read(body or node.body)
        reads = of_the_page - BUILTINS
        alters = inside.cell.alters & of_the_page
        alters |= {
            n
            for part in ast.walk(node)
            if isinstance(part, ast.Global)
            for n in part.names
        }
        self.cell.reads |= reads - self.cell.binds - {name}
        if name is None:  # nobody knows when a lambda is called
            self.cell.alters |= alters
        else:
            self._bind(name)
            self.cell.called_reads[name] = reads
            self.cell.called_alters[name] = alters
            if isinstance(node, ast.FunctionDef):
                self.functions[name] = _Altered(node.args, inside.cell.alters)

    # --- Comprehensions: their names are their own

    def visit_ListComp(self, node):
        own = {
            n.id
            for part in node.generators
            for n in ast.walk(part.target)
            if isinstance(n, ast.Name)
        }
        for part in node.generators:
            self.visit(part.iter)
            self.aliases.update(dict.fromkeys(own, self._objects(part.iter)))
        bound = own - self.cell.binds
        self.cell.binds |= bound
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in [*parts, *(test for g in node.generators for test in g.ifs)]:
            self.visit(part)
        self.cell.binds -= bound
        self.cell.alters -= bound

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp
