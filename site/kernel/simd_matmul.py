"""Products of float32 matrices in a browser, ten times as fast: another loop for numpy's matmul, in WebAssembly.

Pyodide's numpy has no BLAS. numpy's C API lets anyone replace the loop inside a ufunc (PyUFunc_ReplaceLoopBySignature),
and all that surrounds the loop stays numpy's: types, shapes, broadcasting, overlaps, errors. After `install()`, `@` and
`np.matmul` of two float32 arrays run the loop of simd_matmul.c; every other type has numpy's, as before.

The method `dot` is no ufunc. Modules of rnnlib that are imported after `install()` have `x.dot(W, out=out)` compiled as
`np.matmul(x, W, out=out)`, which is the same for vectors and matrices; their source is left alone.
"""

import ast
import ctypes
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

import numpy as np

LIBRARY = Path(__file__).with_suffix(".wasm")
FLOAT32 = np.dtype("float32").num
REPLACE_LOOP = 30  # PyUFunc_ReplaceLoopBySignature's place in the table of numpy's C API, the same in every version


def install():
    """Give float32's matmul the new loop; return False, with numpy as it was, if the browser has no SIMD."""
    if RnnlibFinder in sys.meta_path:
        return True
    if "rnnlib.products" in sys.modules:
        raise RuntimeError("expected install() before rnnlib is imported")
    try:
        loop = ctypes.CDLL(str(LIBRARY)).matmul
    except OSError:
        return False
    replace_loop(loop)
    sys.meta_path.insert(0, RnnlibFinder)
    return True


def replace_loop(loop):
    """Give float32's matmul this loop, a function or an address; return the address of the one before."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.POINTER(ctypes.c_void_p), [ctypes.py_object, ctypes.c_char_p]
    table = pointer(np._core._multiarray_umath._UFUNC_API, None)
    integers, address = ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_void_p)
    replace = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_void_p, integers, address)(table[REPLACE_LOOP])
    before = ctypes.c_void_p()
    if replace(np.matmul, ctypes.cast(loop, ctypes.c_void_p), (ctypes.c_int * 3)(*[FLOAT32] * 3), before):
        raise RuntimeError("expected np.matmul to have a loop for float32")
    return before.value


class RnnlibFinder:
    """Finds rnnlib's modules where they are, and hands them to `RnnlibLoader`."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return None, so that the next finder is asked, for whatever is not rnnlib's."""
        if name.partition(".")[0] != "rnnlib":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = RnnlibLoader(spec.loader.name, spec.loader.path)
        return spec


class RnnlibLoader(SourceFileLoader):
    """Compiles a module with its calls of `dot` rewritten."""

    def get_code(self, fullname):
        """Return the code from the source, never from a file of bytecode: there `dot` may still be `dot`."""
        tree = DotToMatmul().visit(ast.parse(self.get_source(fullname)))
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


class DotToMatmul(ast.NodeTransformer):
    """Rewrites x.dot(W, out=out) as np.matmul(x, W, out=out)."""

    def visit_Call(self, call):
        """Rewrite a call, after those inside it."""
        self.generic_visit(call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "dot":
            call.args.insert(0, call.func.value)
            call.func = ast.Attribute(ast.Name("np", ast.Load()), "matmul", ast.Load())
        return call
