"""The names that integrity flags are about, each with a few neutral words: what it does, not why.

Only names of libraries and of Python itself stand here, in full (`os._exit`); how they are called in a
cell (`from os import _exit as leave`) is found out by `integrity_code`.
"""

from __future__ import annotations

# kind, words, and the names; a name that ends in a dot stands for all that is in it
USES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "exit",
        "ends or signals the process",
        (
            *("os._exit", "os.abort", "os.kill", "os.killpg", "sys.exit", "builtins.exit"),
            *("builtins.quit", "builtins.SystemExit", "signal.signal", "signal.alarm"),
            *("signal.setitimer", "signal.raise_signal", "signal.pthread_kill"),
            "signal.pthread_sigmask",
        ),
    ),
    (
        "process",
        "starts another process",
        (
            *("os.fork", "os.forkpty", "os.system", "os.popen", "os.posix_spawn"),
            *(f"os.exec{end}" for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
            *(f"os.spawn{end}" for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
            *("subprocess.", "_posixsubprocess.", "pty."),
        ),
    ),
    ("memory", "works on raw memory", ("ctypes.", "_ctypes.", "cffi.")),
    (
        "network",
        "uses the network",
        (
            *("socket.", "_socket.", "http.client.", "ftplib.", "smtplib.", "telnetlib."),
            *("urllib.request.urlopen", "urllib.request.urlretrieve", "urllib3."),
            *(f"requests.{verb}" for verb in ("get", "post", "put", "head", "request", "Session")),
            *("httpx.", "aiohttp.", "paramiko."),
        ),
    ),
    (
        "frames",
        "looks at running code",
        (
            *("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._getframe"),
            *("sys._current_frames", "sys.settrace", "sys.setprofile", "sys.addaudithook"),
            *("threading.settrace", "threading.setprofile", "inspect.stack", "inspect.trace"),
            *("inspect.currentframe", "inspect.getouterframes", "inspect.getinnerframes"),
            *("inspect.getclosurevars", "traceback.walk_stack", "traceback.extract_stack"),
        ),
    ),
    (
        "source",
        "reads the source of code",
        (
            *("inspect.getsource", "inspect.getsourcelines", "inspect.getsourcefile"),
            *("linecache.getline", "linecache.getlines", "dis.dis", "pkgutil.get_data"),
        ),
    ),
    (
        "kernel",
        "reaches into what runs the cells",
        ("ipykernel.", "IPython.core.displayhook.", "IPython.core.inputtransformer2."),
    ),
    ("grader", "reaches for the grader", ("autograder.", "nbgrader.", "inside.")),
)

# attributes with these names are telling on any object
ATTRIBUTES = {
    **dict.fromkeys(
        ("f_back", "f_locals", "f_globals", "f_builtins", "tb_frame", "gi_frame", "cr_frame"),
        ("frames", "looks at running code"),
    ),
    **dict.fromkeys(
        ("__subclasses__", "__globals__", "__closure__", "__code__"),
        ("frames", "looks inside functions and classes"),
    ),
    **dict.fromkeys(
        (
            *("ast_transformers", "input_transformers_cleanup", "input_transformers_post"),
            *("input_transformer_manager", "do_execute", "_showtraceback", "display_trap"),
        ),
        ("kernel", "reaches into what runs the cells"),
    ),
}
OF_THE_SHELL = {  # of what get_ipython() returns
    *("kernel", "displayhook", "display_pub", "events", "history_manager", "user_ns"),
    *("user_global_ns", "compile", "set_custom_exc", "showtraceback", "run_cell"),
}
HISTORY = {"In", "_ih", "_oh"}  # the texts and values of the cells that ran before

# replacing a function in one of these replaces it for everybody
SHARED = {
    *("numpy", "torch", "math", "builtins", "scipy", "random", "time", "operator", "statistics"),
    *("sklearn", "course_utils", "unittest", "pytest", "os", "sys", "json", "inspect", "gc"),
    *("types", "functools", "IPython", "inside", "networkx", "io", "signal", "pickle", "cmath"),
}
SETTINGS = (  # where assigning is how settings are made
    *("sys.stdout", "sys.stderr", "sys.path", "sys.ps1", "torch.backends."),
    *("numpy.random.mtrand", "time.tzname"),
)

# what decides whether two things are equal, true, or what an array of them is
ALWAYS = {
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__contains__"),
    *("__array__", "__float__", "__array_ufunc__", "__array_function__", "__torch_function__"),
    *("__instancecheck__", "__subclasscheck__", "__abs__", "__sub__", "__rsub__"),
}

# files beside the notebook with these names would be imported instead of the real ones
LIBRARIES = {
    *("numpy", "scipy", "torch", "sklearn", "matplotlib", "pandas", "networkx", "gymnasium"),
    *("tiktoken", "safetensors", "tqdm", "nltk", "fairlearn", "IPython", "ipykernel", "nbgrader"),
    *("nbformat", "autograder", "inside", "course_utils", "sitecustomize", "usercustomize"),
    *("builtins", "math", "cmath", "random", "json", "time", "statistics", "inspect", "functools"),
    *("itertools", "collections", "dataclasses", "typing", "os", "sys", "re", "operator"),
}


def use_of(name: str) -> tuple[str, str] | None:
    """The kind and the words for a full name, if it stands above.

    >>> use_of("os._exit"), use_of("ctypes.string_at"), use_of("os.path.join")
    (('exit', 'ends or signals the process'), ('memory', 'works on raw memory'), None)
    """
    for kind, words, names in USES:
        if any(name == known or (known[-1] == "." and name.startswith(known)) for known in names):
            return kind, words
    return None
