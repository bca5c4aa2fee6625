// node run_in_pyodide.mjs RUNTIME NUMPY ROOT MODULE: run main() of tests/MODULE.py in Pyodide, with numpy's wheel and
// the course's folder ROOT, and write what it returns, a text, on standard output.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [runtime, numpy, root, module] = process.argv.slice(2);
try {
    const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
    const python = await loadPyodide({ indexURL: runtime, stdout: console.error });
    python.unpackArchive(new Uint8Array(readFileSync(numpy)), "wheel");
    python.FS.mkdir("/course");
    python.mountNodeFS("/course", root);
    const code = `
        import sys
        sys.dont_write_bytecode = True
        sys.path[:0] = ["/course", "/course/tests", "/course/site/kernel"]
        import ${module}
        ${module}.main()`;
    console.log(python.runPython(code.replace(/^ {8}/gm, "")));
} catch (error) {
    console.error(error.message); // node would print Pyodide's source besides, which is one line of a megabyte
    process.exit(1);
}
