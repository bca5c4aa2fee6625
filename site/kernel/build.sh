#!/bin/sh
# Build simd_matmul.wasm, a library that Pyodide can load: sh site/kernel/build.sh [output] (apt install clang lld)
cd "$(dirname "$0")" || exit
exec clang --target=wasm32-unknown-emscripten -O3 -msimd128 -ffp-contract=off -fPIC -ffreestanding -fvisibility=hidden \
    -fno-vectorize -fno-slp-vectorize -Wall -Wextra -nostdlib -Wl,-shared -o "${1:-simd_matmul.wasm}" simd_matmul.c
