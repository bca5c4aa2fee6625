"""What a browser's Python needs before the first cell: IPython runs this file as the kernel starts."""

import warnings

import simd_matmul
import tqdm

simd_matmul.install()  # float32 products in WebAssembly; where the browser cannot, numpy's own go on
tqdm.tqdm.monitor_interval = 0  # its monitor is a thread, and there are no threads
warnings.filterwarnings("ignore", "JsProxy.as_object_map", RuntimeWarning)  # threadpoolctl asks Pyodide the old way
del simd_matmul, tqdm, warnings  # what is defined here, the notebooks see
