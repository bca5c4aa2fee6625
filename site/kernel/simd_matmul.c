// The loop inside numpy's matmul, for float32, in WebAssembly with SIMD.
//
// numpy brings its products to this form whatever the arrays look like: a stack of matrices, each with its strides in
// bytes (PyUFuncGenericFunction in numpy's C API). Tiles of 4 rows and 8 columns of the result stay in registers while
// the depth is walked through: 4 numbers of the left matrix and 8 of the right give 32 products. Where 8 columns of the
// right matrix are not side by side in memory, they are copied there first. Each entry is summed up from its first
// product to its last, as in numpy's own loop, so the result is the same to the last bit.

#include <stdint.h>

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

enum { ROWS = 4, COLUMNS = 8, DEPTH = 256, SIZE = sizeof(float) };

// out[:rows, :columns] = left[:rows, :depth] @ right[:depth, :columns], or += it; right can be read COLUMNS wide
static inline __attribute__((always_inline)) void tile(
    int rows, intptr_t columns, intptr_t depth, const char *left, intptr_t left_row, intptr_t left_column,
    const char *right, intptr_t right_row, char *out, intptr_t out_row, intptr_t out_column, int add) {
    int side_by_side = columns == COLUMNS && out_column == SIZE;
    float row[COLUMNS] = {0};  // of out, where its entries are not side by side
    four sums[ROWS][2] = {0};
    for (int i = 0; add && i < rows; i++) {
        const char *entries = out + i * out_row;
        for (int j = 0; !side_by_side && j < columns; j++)
            row[j] = *(const float *)(entries + j * out_column);
        for (int half = 0; half < 2; half++)
            sums[i][half] = ((const four *)(side_by_side ? entries : (const char *)row))[half];
    }
    for (intptr_t k = 0; k < depth; k++, left += left_column, right += right_row)
        for (int i = 0; i < rows; i++)
            for (int half = 0; half < 2; half++)
                sums[i][half] += *(const float *)(left + i * left_row) * ((const four *)right)[half];
    for (int i = 0; i < rows; i++) {
        char *entries = out + i * out_row;
        for (int half = 0; half < 2; half++)
            ((four *)(side_by_side ? entries : (char *)row))[half] = sums[i][half];
        for (int j = 0; !side_by_side && j < columns; j++)
            *(float *)(entries + j * out_column) = row[j];
    }
}

static void product(const char *left, const char *right, char *out, const intptr_t *sizes, const intptr_t *steps) {
    intptr_t M = sizes[0], K = sizes[1], N = sizes[2];
    intptr_t left_row = steps[0], left_column = steps[1], right_row = steps[2], right_column = steps[3];
    intptr_t out_row = steps[4], out_column = steps[5];
    float panel[DEPTH * COLUMNS];
    for (intptr_t k = 0; k == 0 || k < K; k += DEPTH)  // once for K = 0 as well: then all entries are 0
        for (intptr_t j = 0; j < N; j += COLUMNS) {
            intptr_t depth = K - k < DEPTH ? K - k : DEPTH, columns = N - j < COLUMNS ? N - j : COLUMNS;
            const char *a = left + k * left_column, *b = right + k * right_row + j * right_column;
            char *c = out + j * out_column;
            intptr_t b_row = right_row, i = 0;
            if (columns < COLUMNS || right_column != SIZE) {
                for (intptr_t r = 0; r < depth; r++)
                    for (intptr_t s = 0; s < COLUMNS; s++)
                        panel[r * COLUMNS + s] =
                            s < columns ? *(const float *)(b + r * right_row + s * right_column) : 0;
                b = (const char *)panel, b_row = SIZE * COLUMNS;
            }
            for (; i + ROWS <= M; i += ROWS)
                tile(ROWS, columns, depth, a + i * left_row, left_row, left_column, b, b_row, c + i * out_row,
                     out_row, out_column, k > 0);
            for (; i < M; i++)
                tile(1, columns, depth, a + i * left_row, left_row, left_column, b, b_row, c + i * out_row,
                     out_row, out_column, k > 0);
        }
}

// args: left, right, out. sizes: the stack's, then rows, depth, columns. steps: from one matrix of the stack to the
// next, for each of the three; then from row to row and from column to column in each.
__attribute__((visibility("default"))) void matmul(
    char **args, const intptr_t *sizes, const intptr_t *steps, void *data) {
    (void)data;
    for (intptr_t s = 0; s < sizes[0]; s++)
        product(args[0] + s * steps[0], args[1] + s * steps[1], args[2] + s * steps[2], sizes + 1, steps + 3);
}
